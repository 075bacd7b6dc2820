namespace Lyceum.CSharpKernel.Kernel;

/// <summary>Lets control and signals stop the cell that shell is running.</summary>
#pragma warning disable CA1001 // What a cell leaves running goes on asking its token, so nobody knows when to dispose of its source.
internal sealed class Interrupts
#pragma warning restore CA1001
{
    private readonly Lock gate = new();
    private CancellationTokenSource? current;

    /// <summary>The token of a cell that starts now.</summary>
    public CancellationToken Begin()
    {
        lock (gate)
        {
            current = new CancellationTokenSource();
            return current.Token;
        }
    }

    /// <summary>The cell has ended, so that an interrupt that comes late stops nothing. What it left running keeps its token.</summary>
    public void End()
    {
        lock (gate)
        {
            current = null;
        }
    }

    public void Interrupt()
    {
        lock (gate)
        {
            // Asynchronously: what the user's code registered on the token runs then, and may take its time.
            _ = current?.CancelAsync();
        }
    }
}
