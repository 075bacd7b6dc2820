namespace Lyceum.CSharpKernel.Execution;

/// <summary>A thread for one cell, so that neither its loops nor its abort touch the thread pool.</summary>
#pragma warning disable CA1001 // What the cell leaves running goes on asking the token, so nobody knows when to dispose of its source.
internal sealed class CellThread<T>
#pragma warning restore CA1001
{
    /// <summary>How long an interrupted cell may take to stop before the kernel goes on without it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly TaskCompletionSource<T> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource abort = new();
    private readonly Func<Task<object?>> submission;
    private readonly Func<object?, T> convert;
    private readonly ICellHost host;
    private readonly Thread thread;

    /// <param name="submission">Starts the cell.</param>
    /// <param name="convert">Makes something of its value; may run code of the user, too.</param>
    /// <param name="host">Whose cell it is.</param>
    public CellThread(Func<Task<object?>> submission, Func<object?, T> convert, ICellHost host)
    {
        this.submission = submission;
        this.convert = convert;
        this.host = host;
        thread = new Thread(Run) { IsBackground = true, Name = "Cell" };
    }

    /// <summary>Runs the cell to its end.</summary>
    /// <exception cref="OperationCanceledException">The user interrupted it.</exception>
    public async Task<T> RunAsync()
    {
        thread.Start();
        using var interrupt = host.Interrupted.UnsafeRegister(_ => Interrupt(), null);
        return await ended.Task;
    }

    private void Interrupt()
    {
        // An abort waits until the thread can be stopped, which in a sleep or a lock it cannot: wake it from that.
        _ = abort.CancelAsync();
        thread.Interrupt();
        _ = GiveUpAsync();
    }

    private async Task GiveUpAsync()
    {
        await Task.WhenAny(ended.Task, Task.Delay(Grace, TimeProvider.System, CancellationToken.None));
        ended.TrySetException(new CellStuckException());
    }

    private void Run()
    {
        RunningCell.Enter(host);
        SynchronizationContext.SetSynchronizationContext(new InterruptibleContext(host, abort.Token));
        try
        {
            Task<object?>? running = null;
            Interruptible.Run(() => running = submission(), abort.Token);
            running!.Wait(abort.Token);
            Interruptible.Run(() => ended.TrySetResult(convert(running.Result)), abort.Token);
        }
#pragma warning disable CA1031 // Whatever a cell throws is its error.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var thrown = exception is AggregateException { InnerExceptions: [var first, ..] } ? first : exception;
            ended.TrySetException(IsInterrupt(thrown) ? new OperationCanceledException(host.Interrupted) : thrown);
        }
    }

    private bool IsInterrupt(Exception exception) => host.Interrupted.IsCancellationRequested
        && exception is OperationCanceledException or ThreadAbortException or ThreadInterruptedException;
}

/// <summary>An interrupted cell did not stop.</summary>
#pragma warning disable CA1032 // It has one reason and one message.
internal sealed class CellStuckException() : OperationCanceledException("It did not stop and may still run: restart the kernel to be rid of it.");
#pragma warning restore CA1032
