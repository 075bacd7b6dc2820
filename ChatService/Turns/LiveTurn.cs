using System.Text;
using Lyceum.ChatService.Tools;

namespace Lyceum.ChatService.Turns;

/// <summary>
/// A turn while this process runs it: what of its answer may be seen, for any number of readers. A reader takes what has come since
/// it last looked, so a slow one costs nothing and holds up nobody.
/// </summary>
internal sealed class LiveTurn(Turn turn, Task<TurnFailure?> kept) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _shown = new(turn.Begun?.Shown);
    private readonly List<ToolEvent> _calls = [];
    private readonly CancellationTokenSource _cancel = new();
    private TaskCompletionSource _changed = Signal();
    private TurnResult? _result;
    private TurnGrounds? _grounds = turn.Grounds;

    public Turn Turn { get; } = turn with { Grounds = null };

    /// <summary>Null once the question is on the disk, else why it will not be. Nobody is told of the turn before.</summary>
    public Task<TurnFailure?> Kept => kept;

    /// <summary>Cancelled when the student stops the answer, or when its lease was lost.</summary>
    public CancellationToken Cancelled => _cancel.Token;

    /// <summary>Whether the answer counts as failed already, or was deleted: what is written of it is void.</summary>
    public bool IsLost { get; private set; }

    /// <summary>What may be seen of the answer so far.</summary>
    public string Shown
    {
        get
        {
            lock (_lock)
            {
                return _shown.ToString();
            }
        }
    }

    public int ShownLength
    {
        get
        {
            lock (_lock)
            {
                return _shown.Length;
            }
        }
    }

    public void Show(string delta)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _shown.Append(delta);
            changed = Next();
        }

        changed.TrySetResult();
    }

    /// <summary>Tells readers of a call that began or ended; there are as many as the limits on tools allow.</summary>
    public void Tell(ToolEvent call)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _calls.Add(call);
            changed = Next();
        }

        changed.TrySetResult();
    }

    /// <summary>What was read as the turn began; null where that has to be read yet. Given once: a course's assignments are not kept for as long as an answer takes.</summary>
    public TurnGrounds? TakeGrounds() => Interlocked.Exchange(ref _grounds, null);

    /// <summary>Stops an answer that is another's, or nobody's, now.</summary>
    public void Lose()
    {
        IsLost = true;
        Cancel();
    }

    /// <summary>Stops the answer; nothing once it has ended.</summary>
    public void Cancel()
    {
        lock (_lock)
        {
            if (_result is not null)
            {
                return;
            }
        }

        _cancel.Cancel();
    }

    public void End(TurnResult result)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _result = result;
            changed = Next();
        }

        changed.TrySetResult();
    }

    /// <summary>What came after the first <paramref name="from"/> characters and <paramref name="told"/> news of calls, the result once it has ended, and what to wait for.</summary>
    public (string Delta, ToolEvent[] Calls, TurnResult? Result, Task Changed) Read(int from, int told)
    {
        lock (_lock)
        {
            return (
                from >= _shown.Length ? "" : _shown.ToString(from, _shown.Length - from),
                told >= _calls.Count ? [] : [.. _calls.Skip(told)],
                _result,
                _changed.Task);
        }
    }

    public void Dispose() => _cancel.Dispose();

    private TaskCompletionSource Next()
    {
        var changed = _changed;
        _changed = Signal();
        return changed;
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
