using Lyceum.ServiceDefaults.Storage;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>
/// Brings what is derived from events up to date, shortly after they are committed. One replica does it at a time; what is to be done
/// stands in the database, so nothing is forgotten when it stops.
/// </summary>
internal sealed partial class Derivation(
    NpgsqlDataSource database, DatabaseSchema schema, DayTables days, CodeStateTable codes, ThresholdTable thresholds, DerivedRetention retention, IOptions<DerivationOptions> options, TimeProvider time, ILogger<Derivation> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    /// <summary>It rests so many times as long as it has worked, so that a flood of events costs taking them in a fifth of a core at most.</summary>
    private const int Rest = 4;

    private static readonly TimeSpan MaxRest = TimeSpan.FromSeconds(30);

    private readonly SetAside _aside = new(time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.Ready.WaitAsync(stoppingToken);
        while (true)
        {
            try
            {
                await LeadAsync(stoppingToken);
            }
            catch (NpgsqlException failure)
            {
                LogPutOff(logger, failure.Message);
            }

            await Task.Delay(RetryDelay, time, stoppingToken);
        }
    }

    /// <summary>
    /// Works for as long as it holds the lock that one replica can have and derives in the way that holds; returns at once when another
    /// has the lock or a newer version has changed the way.
    /// </summary>
    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var take = new NpgsqlCommand(DerivationVersion.TakeLead, connection);
        if (await take.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return;
        }

        await thresholds.RefreshAllAsync(cancellationToken);
        // The lock goes with its connection, of whose loss nobody is told.
        while (await MayLeadAsync(connection, cancellationToken))
        {
            var start = time.GetTimestamp();
            HashSet<(string Course, CellKey Cell)> solved = [];
            var changed = await days.ChangedAsync(_aside.Waiting, cancellationToken);
            await EachAsync(connection, changed, days.DeriveAsync, days.DoneAsync, solved, cancellationToken);
            var edited = await codes.ChangedAsync(_aside.Waiting, cancellationToken);
            await EachAsync(connection, edited, codes.DeriveAsync, codes.DoneAsync, solved, cancellationToken);
            await thresholds.RefreshAsync(solved, cancellationToken);
            await retention.KeepAsync(cancellationToken);
            await ChangeNotice.SendDerivedAsync(connection, changed.Concat(edited).Select(one => one.Course), cancellationToken);
            var rest = time.GetElapsedTime(start) * Rest;
            await Task.Delay(rest > MaxRest ? MaxRest : rest > options.Value.Interval ? rest : options.Value.Interval, time, cancellationToken);
        }

        // A pooled connection keeps its locks until it is used again.
        await connection.ExecuteAsync(DerivationVersion.GiveUpLead, cancellationToken);
        LogSuperseded(logger);
    }

    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    private static async Task<bool> MayLeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var probe = new NpgsqlCommand(DerivationVersion.Holds, connection);
        return await probe.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static bool IsTimeout(Exception failure) =>
        failure is NpgsqlException { InnerException: TimeoutException } or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    private async Task EachAsync(
        NpgsqlConnection connection,
        List<ChangedLearner> changed,
        Func<ChangedLearner, CancellationToken, Task<List<CellKey>>> deriveAsync,
        Func<ChangedLearner, CancellationToken, Task> doneAsync,
        HashSet<(string Course, CellKey Cell)> solved,
        CancellationToken cancellationToken)
    {
        foreach (var one in changed)
        {
            try
            {
                solved.UnionWith((await deriveAsync(one, cancellationToken)).Select(cell => (one.Course, cell)));
                _aside.Remove(one);
            }
            catch (Exception failure) when (IsTimeout(failure))
            {
                await MayLeadAsync(connection, cancellationToken);
                LogSetAside(logger, one.Course, _aside.Add(one), failure.Message);
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.ForeignKeyViolation)
            {
                // The learner was erased in the meantime, and with it what was to be derived.
                LogGone(logger, one.Course);
            }
#pragma warning disable CA1031 // One learner's events, whatever is in them, must not stop everybody else's derivation.
            catch (Exception fault) when (fault is not (NpgsqlException or OperationCanceledException) || (fault is PostgresException refusal && EventTable.IsRefusal(refusal)))
#pragma warning restore CA1031
            {
                LogBroken(logger, fault, one.Course);
                await doneAsync(one, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Derived tables wait, PostgreSQL does not answer: {Reason}")]
    private static partial void LogPutOff(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "A newer version of the service derives from now on")]
    private static partial void LogSuperseded(ILogger logger);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A learner of {Course} was erased while something was derived from their events")]
    private static partial void LogGone(ILogger logger, string course);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is derived of a learner of {Course} takes too long and is tried again in {Wait}: {Reason}")]
    private static partial void LogSetAside(ILogger logger, string course, TimeSpan wait, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "What is derived of a learner of {Course} could not be brought up to date, and waits for the next event")]
    private static partial void LogBroken(ILogger logger, Exception fault, string course);
}
