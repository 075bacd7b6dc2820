using System.Globalization;
using Lyceum.ServiceDefaults.Storage;
using Lyceum.TelemetryIngest.Events;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.TelemetryIngest.Partitions;

/// <summary>
/// Keeps the months of <c>events</c>: makes those ahead that the next events will need, and drops those past retention, with the ids
/// of their events; what is derived of them goes by <see cref="Derived.DerivedRetention"/>. The service is not ready before the months are there.
/// </summary>
internal sealed partial class EventMonths(
    NpgsqlDataSource database, DatabaseSchema schema, IOptions<RetentionOptions> retention, IOptions<EventsOptions> events, TimeProvider time, ILogger<EventMonths> logger)
    : BackgroundService, IHealthCheck
{
    /// <summary>How far ahead months are made: longer than anybody leaves a service unattended that does not run.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(62);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Logs in pieces of which none has come for so long are forgotten.</summary>
    private static readonly TimeSpan LogsKept = TimeSpan.FromDays(30);

    private const string Make = "SELECT make_events_month(day) FROM generate_series($1::timestamptz, $2::timestamptz, interval '1 day') AS day";

    private const string List = "SELECT relid::text FROM pg_partition_tree('events') WHERE isleaf ORDER BY relid::text";

    private volatile bool _made;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_made ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The months that events go to are not made yet."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var wait = retention.Value.CheckInterval;
            try
            {
                await schema.Ready.WaitAsync(stoppingToken);
                await KeepAsync(time.GetUtcNow(), stoppingToken);
                _made = true;
            }
            catch (NpgsqlException failure)
            {
                LogPutOff(logger, failure.Message);
                wait = RetryDelay;
            }

            await Task.Delay(wait, time, stoppingToken);
        }
    }

    private async Task KeepAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await ExecuteAsync(Make, cancellationToken, now - events.Value.MaxClockError, now + Ahead);
        await ExecuteAsync("DELETE FROM logs WHERE changed_at < $1", cancellationToken, now - LogsKept);
        if (retention.Value.Events is not { } kept)
        {
            return;
        }

        var oldest = now - kept;
        foreach (var month in await ListAsync(cancellationToken))
        {
            if (EndOf(month) > oldest)
            {
                continue;
            }

            try
            {
                await DropAsync(month, cancellationToken);
                LogDropped(logger, month);
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                LogInUse(logger, month);
                break;
            }
        }

        await ExecuteAsync("DELETE FROM quarantine WHERE received_at < $1", cancellationToken, oldest);
    }

    private static DateTimeOffset EndOf(string month) =>
        DateTimeOffset.ParseExact(month, "'events_'yyyy_MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).AddMonths(1);

    private async Task<List<string>> ListAsync(CancellationToken cancellationToken)
    {
        List<string> months = [];
        await using var command = database.CreateCommand(List);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            months.Add(reader.GetString(0));
        }

        return months;
    }

    /// <summary>Writers queue up behind whoever waits to drop a month, so that one who reads for long is not waited for.</summary>
    private async Task DropAsync(string month, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
#pragma warning disable CA2100 // The name is one of the database's own, and has been read as a month.
        await using var forget = new NpgsqlCommand($"DELETE FROM event_ids USING {month} AS gone WHERE event_ids.id = gone.id", connection) { CommandTimeout = 0 };
        await forget.ExecuteNonQueryAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var drop = new NpgsqlCommand($"SET LOCAL lock_timeout = '2s'; DROP TABLE {month}", connection);
#pragma warning restore CA2100
        await drop.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params DateTimeOffset[] times)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in times)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Dropped {Month}, whose events are past retention")]
    private static partial void LogDropped(ILogger logger, string month);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Month} is past retention and is dropped later: somebody is reading events")]
    private static partial void LogInUse(ILogger logger, string month);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Months of events are made and dropped later, PostgreSQL does not answer: {Reason}")]
    private static partial void LogPutOff(ILogger logger, string reason);
}

/// <summary>Registers <see cref="EventMonths"/>.</summary>
internal static class EventMonthsHosting
{
    public static void AddEventMonths(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<RetentionOptions>().BindConfiguration("Retention").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<RetentionOptions>().Validate<IOptions<EventsOptions>>(
            (retention, events) => retention.Events is not { } kept || kept > events.Value.MaxClockError + TimeSpan.FromDays(31),
            "Retention:Events must be longer than Events:MaxClockError by 31 days: what comes late would have nowhere to go.");
        builder.Services.AddSingleton<EventMonths>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<EventMonths>());
        builder.Services.AddHealthChecks().AddCheck<EventMonths>("months");
    }
}
