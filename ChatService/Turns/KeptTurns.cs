using Lyceum.ChatService.Conversations;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>
/// Sees to it that turns are on the disk before anybody is told of them. A crash of PostgreSQL may take what was committed without
/// waiting for the disk, so a flush that succeeds after one says nothing unless the turn is still there.
/// </summary>
internal sealed partial class KeptTurns(NpgsqlDataSource database, IOptions<ConversationsOptions> options, TimeProvider time, ILogger<KeptTurns> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until a turn is on the disk, also over a short outage of the database.</summary>
    /// <returns>Null once it is; else why it never will be, or not in time.</returns>
    public async Task<TurnFailure?> KeepAsync(Guid answer)
    {
        using var patience = new CancellationTokenSource(options.Value.StorePatience, time);
        while (true)
        {
            try
            {
                return await FlushAsync(answer, patience.Token) ? null : TurnFailure.Lost;
            }
            catch (NpgsqlException away) when (away.IsTransient && !patience.IsCancellationRequested)
            {
                LogNotKept(logger, answer, away.Message);
            }
            catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException)
            {
                LogNotKept(logger, answer, failure.Message);
                return TurnFailure.StorageAway;
            }

            await Task.Delay(RetryDelay, time, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>PostgreSQL's log is written in order: once a later commit is on the disk, so is the turn. False when it is not there.</summary>
    private async Task<bool> FlushAsync(Guid answer, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT pg_logical_emit_message(true, 'lyceum', '') FROM message WHERE id = $1");
        command.Parameters.Add(Storage.Parameter.Id(answer));
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "It is not certain for now that the question of answer {Answer} is on the disk: {Reason}")]
    private static partial void LogNotKept(ILogger logger, Guid answer, string reason);
}
