namespace Lyceum.CSharpKernel.Kernel;

/// <summary>Lets control and signals stop the cell that shell is running.</summary>
#pragma warning disable CA1001 // What a cell leaves running goes on asking its token, so nobody knows when to dispose of its source.
internal sealed class Interrupts
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _current;

    /// <summary>The token of a cell that starts now.</summary>
    public CancellationToken Begin()
    {
        lock (_gate)
        {
            _current = new CancellationTokenSource();
            return _current.Token;
        }
    }

    /// <summary>The cell has ended, so that an interrupt that comes late stops nothing. What it left running keeps its token.</summary>
    public void End()
    {
        lock (_gate)
        {
            _current = null;
        }
    }

    public void Interrupt()
    {
        lock (_gate)
        {
            // Asynchronously: what the user's code registered on the token runs then, and may take its time.
            _ = _current?.CancelAsync();
        }
    }
}
