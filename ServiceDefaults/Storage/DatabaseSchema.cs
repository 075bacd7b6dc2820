using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Lyceum.ServiceDefaults.Storage;

/// <summary>
/// Brings a service's database to the schema of its embedded <c>Schema/*.sql</c> files, in name order, each once and in its own
/// transaction. Replicas that start together wait for one another. The service is not ready before it is done.
/// </summary>
public sealed partial class DatabaseSchema(NpgsqlDataSource database, Assembly assembly, ILogger<DatabaseSchema> logger, TimeProvider time)
    : BackgroundService, IHealthCheck
{
    private const long LockKey = 0x4C796365756D; // "Lyceum"
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _done;

    /// <summary>Completes once the schema is in place.</summary>
    public Task Ready => _ready.Task;

    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_done ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The database schema is not in place yet."));

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!_done)
        {
            try
            {
                await ApplyAsync(stoppingToken);
                _done = true;
                _ready.TrySetResult();
            }
            catch (NpgsqlException failure) when (failure.IsTransient || failure is not PostgresException)
            {
                LogWaiting(logger, failure.Message);
                await Task.Delay(RetryDelay, time, stoppingToken);
            }
        }
    }

    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancellationToken);
        try
        {
            await ExecuteAsync(connection, "CREATE TABLE IF NOT EXISTS schema_version (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())", cancellationToken);
            foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                await ApplyAsync(connection, name, cancellationToken);
            }
        }
        finally
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    private async Task ApplyAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var claim = new NpgsqlCommand("INSERT INTO schema_version (name) VALUES ($1) ON CONFLICT DO NOTHING", connection) { Parameters = { new() { Value = name } } };
        if (await claim.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return;
        }

        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        await ExecuteAsync(connection, await reader.ReadToEndAsync(cancellationToken), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        LogApplied(logger, name);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The statements are ours: constants here and files embedded in the service.
        // A change may move a large table; the service is not ready before, and stopping it ends the command.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied schema change {Name}")]
    private static partial void LogApplied(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for PostgreSQL to bring the schema up to date: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);
}

/// <summary>Registers <see cref="DatabaseSchema"/>.</summary>
public static class DatabaseSchemaHosting
{
    /// <summary>Keeps the registered database at the schema of the calling service's embedded <c>Schema/*.sql</c>.</summary>
    public static void AddDatabaseSchema(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var assembly = Assembly.GetCallingAssembly();
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<DatabaseSchema>(provider, assembly));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<DatabaseSchema>());
        builder.Services.AddHealthChecks().AddCheck<DatabaseSchema>("schema");
    }
}
