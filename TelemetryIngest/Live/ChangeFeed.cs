using Lyceum.TelemetryIngest.Events;
using Npgsql;

namespace Lyceum.TelemetryIngest.Live;

/// <summary>Listens for what any replica commits, and connects again when the connection drops.</summary>
internal sealed partial class ChangeFeed(NpgsqlDataSource database, CourseWatches watches, TimeProvider time, ILogger<ChangeFeed> logger) : BackgroundService
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var delay = TimeSpan.FromMilliseconds(100); ; delay = delay * 2 > MaxDelay ? MaxDelay : delay * 2)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                connection.Notification += (_, notice) => Pass(notice);
                await ExecuteAsync(connection, $"LISTEN {ChangeNotice.Channel}; LISTEN {ChangeNotice.DerivedChannel}", stoppingToken);
                delay = TimeSpan.FromMilliseconds(100);
                // What was committed while nobody listened is told to nobody else.
                watches.Changed(null, null);
                watches.Derived(null);
                await ListenAsync(connection, stoppingToken);
            }
            catch (NpgsqlException failure)
            {
                LogDropped(logger, failure.Message);
            }

            await Task.Delay(delay, time, stoppingToken);
        }
    }

    private static async Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!await connection.WaitAsync(ProbeInterval, cancellationToken))
            {
                // A connection whose other end vanished stays silent for ever unless it is asked.
                await ExecuteAsync(connection, "SELECT 1", cancellationToken);
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Constants of this class.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private void Pass(NpgsqlNotificationEventArgs notice)
    {
        if (notice.Channel == ChangeNotice.DerivedChannel)
        {
            watches.Derived(notice.Payload);
            return;
        }

        var (course, learners) = ChangeNotice.Read(notice.Payload);
        watches.Changed(course, learners);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Live views go without news for a moment, the connection that listens dropped: {Reason}")]
    private static partial void LogDropped(ILogger logger, string reason);
}
