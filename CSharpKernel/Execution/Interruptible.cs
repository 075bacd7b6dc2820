using System.Runtime;

namespace Lyceum.CSharpKernel.Execution;

/// <summary>Runs code that a user may stop at any moment, even in a loop that never looks at a token.</summary>
internal static class Interruptible
{
    /// <summary>Runs the action on this thread until it ends or the token aborts it.</summary>
    /// <exception cref="OperationCanceledException">The token aborted it.</exception>
    public static void Run(Action action, CancellationToken cancellationToken)
    {
        // Obsolete because an abort can leave a library's state torn. For code that loops forever the alternative
        // is to kill the process, which loses the state for certain.
#pragma warning disable SYSLIB0046
        ControlledExecution.Run(action, cancellationToken);
#pragma warning restore SYSLIB0046
    }
}

/// <summary>
/// Brings what follows an <c>await</c> of a cell to the thread pool in a way that an interrupt can abort there, too.
/// Continuations do not wait for each other, so that a blocking <c>.Result</c> works as it does in a program.
/// </summary>
internal sealed class InterruptibleContext(ICellHost host, CancellationToken abort) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) =>
        ThreadPool.UnsafeQueueUserWorkItem(_ => RunOnPool(() => d(state)), null);

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    private void RunOnPool(Action continuation)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            Interruptible.Run(continuation, abort);
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            // The cell was told already.
        }
#pragma warning disable CA1031 // What leaves an async void method has no other place to go, and must not end the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            host.WriteError(ErrorReport.OfUnobserved(exception));
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }
}
