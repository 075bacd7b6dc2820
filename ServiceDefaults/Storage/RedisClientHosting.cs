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
    /// <param name="configureOptions">Changes how Redis is connected to.</param>
    /// <exception cref="InvalidOperationException">The connection string is missing.</exception>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder, string connectionName, Action<ConfigurationOptions>? configureOptions = null)
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
        // Aspire's key for it: who can do without Redis stays ready without it.
        if (!builder.Configuration.GetValue<bool>("Aspire:StackExchange:Redis:DisableHealthChecks"))
        {
            builder.Services.AddHealthChecks().AddCheck<RedisHealthCheck>(connectionName);
        }
    }
}
