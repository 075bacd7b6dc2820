using Lyceum.ServiceDefaults.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>The name and shape of Aspire.StackExchange.Redis's registration, for builds without the Aspire packages.</summary>
public static class RedisClientHosting
{
    /// <summary>Registers an <see cref="IConnectionMultiplexer"/> for <c>ConnectionStrings:{connectionName}</c>, with a health check.</summary>
    /// <exception cref="InvalidOperationException">The connection string is missing.</exception>
    public static void AddRedisClient(this IHostApplicationBuilder builder, string connectionName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IConnectionMultiplexer>(provider =>
        {
            var connectionString = provider.GetRequiredService<IConfiguration>().GetConnectionString(connectionName)
                ?? throw new InvalidOperationException($"ConnectionStrings:{connectionName} is missing. AppHost sets it where there is a Redis; started by hand, set ConnectionStrings__{connectionName} to host:port.");
            var options = ConfigurationOptions.Parse(connectionString);
            options.AbortOnConnectFail = false;
            return ConnectionMultiplexer.Connect(options);
        });
        // Aspire's key for it: who can do without Redis stays ready without it.
        if (!builder.Configuration.GetValue<bool>("Aspire:StackExchange:Redis:DisableHealthChecks"))
        {
            builder.Services.AddHealthChecks().AddCheck<RedisHealthCheck>(connectionName);
        }
    }
}
