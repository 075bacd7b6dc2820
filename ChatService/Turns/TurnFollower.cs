using System.Runtime.CompilerServices;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Tools;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>A turn that somebody wants to read, wherever it runs.</summary>
internal sealed record FollowedTurn(string Subject, Guid SessionId, Guid QuestionId, Guid AnswerId)
{
    public static FollowedTurn Of(Turn turn) => new(turn.Caller.Subject, turn.SessionId, turn.QuestionId, turn.AnswerId);
}

/// <summary>What a reader learns next: what the answer grew by and its length since, what became of a call, that it has ended, or, with none of these, that it goes on.</summary>
internal readonly record struct TurnStep(string Delta, int Length, TurnResult? Result, ToolEvent? Call = null);

/// <summary>Reads a turn as it goes on: from memory where this process runs it, else from the database, where its writer stores it.</summary>
internal sealed class TurnFollower(LiveTurns turns, KeptTurns kept, AnswerStore answers, IOptions<ConversationsOptions> options, TimeProvider time)
{
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(10);

    /// <summary>Waits until the turn is on the disk, before its reader is told of it; null, or why it is not.</summary>
    /// <param name="turn">Which turn.</param>
    /// <param name="live">The same where this process runs it; null where it does not.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<TurnFailure?> KeptAsync(FollowedTurn turn, LiveTurn? live, CancellationToken cancellationToken) =>
        (live?.Kept ?? kept.KeepAsync(turn.AnswerId)).WaitAsync(cancellationToken);

    /// <param name="turn">Which turn.</param>
    /// <param name="from">How much of the answer the reader has, in UTF-16 units.</param>
    /// <param name="cancellationToken">Ends the reading, not the turn.</param>
    public IAsyncEnumerable<TurnStep> FollowAsync(FollowedTurn turn, int from, CancellationToken cancellationToken) =>
        turns.Find(turn.AnswerId) is { } live ? FollowAsync(live, from, cancellationToken) : FollowStoredAsync(turn, from, cancellationToken);

    public async IAsyncEnumerable<TurnStep> FollowAsync(LiveTurn live, int from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await live.Kept.WaitAsync(cancellationToken) is { } lost)
        {
            yield return new TurnStep("", from, new TurnResult(null, null, lost));
            yield break;
        }

        for (var told = 0; ;)
        {
            var (delta, calls, result, changed) = live.Read(from, told);
            if (delta.Length > 0)
            {
                from += delta.Length;
                yield return new TurnStep(delta, from, null);
            }

            told += calls.Length;
            foreach (var call in calls)
            {
                yield return new TurnStep("", from, null, call);
            }

            if (delta.Length > 0 || calls.Length > 0)
            {
                // What came meanwhile is read before anything is waited for.
            }
            else if (result is not null)
            {
                yield return new TurnStep("", from, result);
                yield break;
            }
            else if (!await ChangedAsync(changed, cancellationToken))
            {
                yield return new TurnStep("", from, null);
            }
        }
    }

    /// <summary>How the turn ended, for a reader of whom only that counts.</summary>
    public static async Task<TurnResult> EndAsync(IAsyncEnumerable<TurnStep> steps)
    {
        await foreach (var step in steps)
        {
            if (step.Result is { } result)
            {
                return result;
            }
        }

        throw new InvalidOperationException("A turn ends with a result.");
    }

    private async Task<bool> ChangedAsync(Task changed, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(SignOfLife, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async IAsyncEnumerable<TurnStep> FollowStoredAsync(FollowedTurn turn, int from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var spoke = time.GetTimestamp(); ;)
        {
            var (shown, result) = await ReadAsync(turn, cancellationToken);
            if (shown.Length > from)
            {
                yield return new TurnStep(shown[from..], shown.Length, null);
                (from, spoke) = (shown.Length, time.GetTimestamp());
            }

            if (result is not null)
            {
                yield return new TurnStep("", from, result);
                yield break;
            }

            if (time.GetElapsedTime(spoke) > SignOfLife)
            {
                yield return new TurnStep("", from, null);
                spoke = time.GetTimestamp();
            }

            await Task.Delay(options.Value.FollowInterval, time, cancellationToken);
        }
    }

    /// <summary>What there is of the answer, and the result once it has ended; nothing new while the database is away.</summary>
    private async Task<(string Shown, TurnResult? Result)> ReadAsync(FollowedTurn turn, CancellationToken cancellationToken)
    {
        try
        {
            if (await answers.ReadAsync(turn, cancellationToken) is not (var message, var session))
            {
                return ("", new TurnResult(null, null, TurnFailure.Lost));
            }

            var ended = message.Status is not (MessageStatus.Queued or MessageStatus.Running);
            return (message.Content, ended ? new TurnResult(message, session, message.Status == MessageStatus.Failed ? TurnFailure.Stored(message.Error) : null) : null);
        }
        catch (NpgsqlException away) when (away.IsTransient)
        {
            return ("", null);
        }
    }
}
