using Lyceum.ServiceDefaults.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>The name and shape of Aspire.StackExchange.Redis's registration, for builds without the Aspire packages.</summary>
public static class RedisClientHosting
{
    /// <summary>Registers an <see cref="IConnectionMultiplexer"/> for <c>ConnectionStrings:{connectionName}</c>, with a health check.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="connectionName">The connection string's name.</param>
    /// <param name="configureSettings">Changes the settings.</param>
    /// <param name="configureOptions">Changes how Redis is connected to.</param>
    /// <exception cref="InvalidOperationException">The connection string is missing.</exception>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder, string connectionName, Action<StackExchangeRedisSettings>? configureSettings = null, Action<ConfigurationOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IConnectionMultiplexer>(provider =>
        {
            var connectionString = provider.GetRequiredService<IConfiguration>().GetConnectionString(connectionName)
                ?? throw new InvalidOperationException($"ConnectionStrings:{connectionName} is missing. AppHost sets it where there is a Redis; started by hand, set ConnectionStrings__{connectionName} to host:port.");
            var options = ConfigurationOptions.Parse(connectionString);
            options.AbortOnConnectFail = false;
            configureOptions?.Invoke(options);
            return ConnectionMultiplexer.Connect(options);
        });
        builder.Services.AddHostedService<RedisConnecting>();
        var settings = new StackExchangeRedisSettings();
        configureSettings?.Invoke(settings);
        if (!settings.DisableHealthChecks)
        {
            builder.Services.AddHealthChecks().AddCheck<RedisHealthCheck>(connectionName);
        }
    }
}

/// <summary>Connects while the service starts: the first request neither waits for that nor finds Redis away because of it.</summary>
/// <param name="services">Has the connection.</param>
internal sealed class RedisConnecting(IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.Run(services.GetRequiredService<IConnectionMultiplexer>, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The setting of Aspire's class of this name that is in use here.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>Whether the service is ready also without Redis.</summary>
    public bool DisableHealthChecks { get; set; }
}
