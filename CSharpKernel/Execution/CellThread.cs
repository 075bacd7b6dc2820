namespace Lyceum.CSharpKernel.Execution;

/// <summary>A thread for one cell, so that neither its loops nor its abort touch the thread pool.</summary>
#pragma warning disable CA1001 // What the cell leaves running goes on asking the token, so nobody knows when to dispose of its source.
internal sealed class CellThread<T>
#pragma warning restore CA1001
{
    /// <summary>How long an interrupted cell may take to stop before the kernel goes on without it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly TaskCompletionSource<T> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abort = new();
    private readonly Func<Task<object?>> _submission;
    private readonly Func<object?, T> _convert;
    private readonly ICellHost _host;
    private readonly Thread _thread;

    /// <param name="submission">Starts the cell.</param>
    /// <param name="convert">Makes something of its value; may run code of the user, too.</param>
    /// <param name="host">Whose cell it is.</param>
    public CellThread(Func<Task<object?>> submission, Func<object?, T> convert, ICellHost host)
    {
        _submission = submission;
        _convert = convert;
        _host = host;
        _thread = new Thread(Run) { IsBackground = true, Name = "Cell" };
    }

    /// <summary>Runs the cell to its end.</summary>
    /// <exception cref="OperationCanceledException">The user interrupted it.</exception>
    public async Task<T> RunAsync()
    {
        _thread.Start();
        using var interrupt = _host.Interrupted.UnsafeRegister(_ => Interrupt(), null);
        return await _ended.Task;
    }

    private void Interrupt()
    {
        // An abort waits until the thread can be stopped, which in a sleep or a lock it cannot: wake it from that.
        _ = _abort.CancelAsync();
        _thread.Interrupt();
        _ = GiveUpAsync();
    }

    private async Task GiveUpAsync()
    {
        await Task.WhenAny(_ended.Task, Task.Delay(Grace, TimeProvider.System, CancellationToken.None));
        _ended.TrySetException(new CellStuckException());
    }

    private void Run()
    {
        RunningCell.Enter(_host);
        SynchronizationContext.SetSynchronizationContext(new InterruptibleContext(_host, _abort.Token));
        try
        {
            Task<object?>? running = null;
            Interruptible.Run(() => running = _submission(), _abort.Token);
            running!.Wait(_abort.Token);
            Interruptible.Run(() => _ended.TrySetResult(_convert(running.Result)), _abort.Token);
        }
#pragma warning disable CA1031 // Whatever a cell throws is its error.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var thrown = exception is AggregateException { InnerExceptions: [var first, ..] } ? first : exception;
            _ended.TrySetException(IsInterrupt(thrown) ? new OperationCanceledException(_host.Interrupted) : thrown);
        }
    }

    private bool IsInterrupt(Exception exception) => _host.Interrupted.IsCancellationRequested
        && exception is OperationCanceledException or ThreadAbortException or ThreadInterruptedException;
}

/// <summary>An interrupted cell did not stop.</summary>
#pragma warning disable CA1032 // It has one reason and one message.
internal sealed class CellStuckException() : OperationCanceledException("It did not stop and may still run: restart the kernel to be rid of it.");
#pragma warning restore CA1032
