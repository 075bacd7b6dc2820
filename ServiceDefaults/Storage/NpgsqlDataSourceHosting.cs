using System.Data.Common;
using Lyceum.ServiceDefaults.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Microsoft.Extensions.Hosting;

/// <summary>The name and shape of Aspire.Npgsql's registration, for builds without the Aspire packages.</summary>
public static class NpgsqlDataSourceHosting
{
    private const int MaxPoolSize = 30;

    /// <summary>Registers an <see cref="NpgsqlDataSource"/> for <c>ConnectionStrings:{connectionName}</c>, with a health check.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="connectionName">The connection string's name.</param>
    /// <param name="configureDataSourceBuilder">What the service sets beyond its connection string; null for nothing.</param>
    /// <exception cref="InvalidOperationException">The connection string is missing.</exception>
    public static void AddNpgsqlDataSource(this IHostApplicationBuilder builder, string connectionName, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(provider =>
        {
            var connectionString = provider.GetRequiredService<IConfiguration>().GetConnectionString(connectionName)
                ?? throw new InvalidOperationException($"ConnectionStrings:{connectionName} is missing. AppHost sets it; started by hand, set ConnectionStrings__{connectionName} to a PostgreSQL connection string.");
            var source = new NpgsqlDataSourceBuilder(Bounded(connectionString)).UseLoggerFactory(provider.GetService<Logging.ILoggerFactory>());
            configureDataSourceBuilder?.Invoke(source);
            return source.Build();
        });
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>(connectionName);
    }

    /// <summary>
    /// PostgreSQL takes 100 connections unless told otherwise, and so does a pool of Npgsql's: several services under load would be
    /// refused where they could have waited for a moment.
    /// </summary>
    private static string Bounded(string connectionString)
    {
        // Npgsql's own builder says that it has every keyword that it knows.
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        return given.ContainsKey("Maximum Pool Size") || given.ContainsKey("MaxPoolSize")
            ? connectionString
            : new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = MaxPoolSize }.ConnectionString;
    }
}
