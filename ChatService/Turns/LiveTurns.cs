using System.Collections.Concurrent;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Jelai;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Turns;

/// <summary>The turns that this process runs. A turn belongs to no request: who asked may go, and come back to the answer.</summary>
internal sealed partial class LiveTurns(TurnRunner runner, KeptTurns kept, IOptions<ConversationsOptions> options, ILogger<LiveTurns> logger) : IHostedService
{
    private readonly ConcurrentDictionary<Guid, (LiveTurn Turn, Task Run)> _running = [];

    private bool IsFull => _running.Count >= options.Value.MaxRunningTurns;

    /// <summary>Whether another turn of the caller's would be too many: of all, of the course, or of those whom somebody names there.</summary>
    public bool IsFullFor(CallerIdentity caller)
    {
        var ofCourse = _running.Values.Where(running => running.Turn.Turn.Caller.Course == caller.Course).ToArray();
        return IsFull
            || ofCourse.Length >= options.Value.MaxRunningTurnsPerCourse
            || (NamedStudents.IsNamed(caller) && ofCourse.Count(running => NamedStudents.IsNamed(running.Turn.Turn.Caller)) >= options.Value.MaxNamedTurnsPerCourse);
    }

    /// <summary>All of them at this moment.</summary>
    public IReadOnlyList<LiveTurn> Running => [.. _running.Values.Select(running => running.Turn)];

    /// <summary>Begins to run a turn.</summary>
    public LiveTurn Start(Turn turn)
    {
        // An answer that goes on after it waited has been told of.
        var live = new LiveTurn(turn, turn.Begun is null ? kept.KeepAsync(turn.AnswerId) : Task.FromResult<TurnFailure?>(null));
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[turn.AnswerId] = (live, RunAsync(live, begin.Task));
        begin.SetResult();
        return live;
    }

    public LiveTurn? Find(Guid answer) => _running.TryGetValue(answer, out var running) ? running.Turn : null;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits for the turns to be stored, which end because the application stops.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_running.Values.Select(running => running.Run)).WaitAsync(cancellationToken);

    private async Task RunAsync(LiveTurn live, Task begin)
    {
        await begin;
        try
        {
            live.End(await runner.RunAsync(live));
        }
#pragma warning disable CA1031 // Nobody awaits a turn: whoever follows it has to be told, and the log has to know.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(logger, live.Turn.AnswerId, failure);
            live.End(new TurnResult(null, null, TurnFailure.Unexpected));
        }
        finally
        {
            _running.TryRemove(live.Turn.AnswerId, out _);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Answer {Answer} failed unexpectedly")]
    private static partial void LogFailed(ILogger logger, Guid answer, Exception failure);
}
