using Lyceum.Messaging;
using Lyceum.NotebookAssistant;

namespace Lyceum.KernelService.Kernels;

/// <summary>How a run goes on in another process below the one that was started, which stays and ends with it.</summary>
internal sealed partial class KernelRun
{
    private static readonly TimeSpan DrainPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _toEnd = new();
    private int _using;

    /// <summary>Where the kernel listens.</summary>
    public ConnectionFile Connection { get; private set; }

    /// <summary>The run is to end: a move that is under way gives up, and no other begins.</summary>
    public void StopMoving() => _toEnd.Cancel();

    /// <summary>Has the kernel go on at other sockets; what is sent meanwhile waits.</summary>
    /// <param name="file">Where.</param>
    /// <param name="move">What the kernel is asked.</param>
    /// <param name="cancellationToken">Gives up, while all can still be as before.</param>
    /// <returns>The reply to the first request; where that did not succeed, nothing has changed.</returns>
    /// <exception cref="KernelNotReadyException">The other process cannot be reached, or the kernel had to be ended.</exception>
    /// <exception cref="ZmtpException">The kernel has gone.</exception>
    public async Task<JupyterMessage> MoveAsync(ConnectionFile file, KernelMove move, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _toEnd.Token, _ended.Token);
        var before = await _ready.WaitAsync(either.Token);
        var moved = new TaskCompletionSource<KernelWire>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Interlocked.Exchange(ref _ready, moved.Task);
        var kept = before;
        try
        {
            while (Volatile.Read(ref _using) > 0)
            {
                await Task.Delay(DrainPause, _time, either.Token);
            }

            // Control is answered by a thread of its own, in order: after this, nothing is owed there.
            await before.AskAsync(KernelChannel.Control, "kernel_info_request", default, published: null, either.Token);

            // Its being idle is the last that it publishes, so that nothing is lost of what came before.
            var reply = await before.AskAsync(KernelChannel.Shell, "execute_request", move.Begin(file), _ => { }, either.Token);
            if (!move.Succeeded(reply))
            {
                return reply;
            }

            kept = await SettleAsync(file, move, either.Token);
            Connection = file;
            return reply;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KernelNotReadyException("it ended, or its other process does not answer", exception);
        }
        finally
        {
            moved.SetResult(kept);
            if (kept != before)
            {
                await before.DisposeAsync();
            }
        }
    }

    /// <summary>The connection to the kernel, which stays the one until <see cref="Leave"/>: once the kernel moves, nothing may be on the way to where it was.</summary>
    private async ValueTask<KernelWire> EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var ready = _ready;
            var wire = await ready.WaitAsync(cancellationToken);
            Interlocked.Increment(ref _using);
            if (_ready == ready)
            {
                return wire;
            }

            Leave();
        }
    }

    private void Leave() => Interlocked.Decrement(ref _using);

    private async Task<KernelWire> SettleAsync(ConnectionFile file, KernelMove move, CancellationToken cancellationToken)
    {
        var next = await KernelWire.ConnectAsync(file, _handler, _time, _logger, cancellationToken);
        var isAsked = false;
        try
        {
            await next.AwaitReadyAsync(cancellationToken);
            using var limit = new CancellationTokenSource(SettleTime, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _toEnd.Token, _ended.Token);
            isAsked = true;
            var reply = await next.AskAsync(KernelChannel.Shell, "execute_request", move.Settle, published: null, either.Token);
            return move.Succeeded(reply) ? next : throw new KernelNotReadyException("its other process does not take over");
        }
        catch
        {
            await next.DisposeAsync();
            if (isAsked && !_toEnd.IsCancellationRequested)
            {
                // Which of the two is the kernel now, nobody can tell.
                _process.Kill();
            }

            throw;
        }
    }
}
