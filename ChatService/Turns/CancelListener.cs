using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>
/// Hears of turns that were stopped through another replica, by PostgreSQL's notifications. One that gets lost is made up for: the
/// writer of an answer sees the request when it next stores what it has.
/// </summary>
internal sealed partial class CancelListener(NpgsqlDataSource database, LiveTurns turns, TimeProvider time, ILogger<CancelListener> logger) : BackgroundService
{
    public const string Channel = "lyceum_turn_cancel";
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException)
            {
                LogAway(logger, failure.Message);
                await Task.Delay(RetryDelay, time, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, notification) =>
        {
            if (Guid.TryParse(notification.Payload, out var answer))
            {
                turns.Find(answer)?.Cancel();
            }
        };
        await using var listen = new NpgsqlCommand($"LISTEN {Channel}", connection);
        await listen.ExecuteNonQueryAsync(cancellationToken);
        while (true)
        {
            // A connection that died quietly would be waited on for ever.
            if (!await connection.WaitAsync(CheckInterval, cancellationToken))
            {
                await listen.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Not listening for stopped turns for now: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
