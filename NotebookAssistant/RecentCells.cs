namespace Lyceum.NotebookAssistant;

/// <summary>An error as the kernel told it, cut to a limit.</summary>
internal sealed record CellError(string Name, string Value, IReadOnlyList<string> Traceback);

/// <summary>A cell that ran.</summary>
/// <param name="Code">Its code, cut to a limit.</param>
/// <param name="Id">Its id, if the client told it.</param>
/// <param name="Error">The error it ended with; null if it did not.</param>
internal sealed record RecentCell(string Code, string? Id, CellError? Error);

/// <summary>The cells that a kernel ran last, so that the assistant knows what a question is about.</summary>
internal sealed class RecentCells
{
    private const int Capacity = 8;
    private const int MaxCode = 8_000;

    private readonly Lock _gate = new();
    private readonly Queue<RecentCell> _cells = new(Capacity);

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<RecentCell> Cells
    {
        get
        {
            lock (_gate)
            {
                return [.. _cells];
            }
        }
    }

    /// <summary>The kernel is back where these cells were the last.</summary>
    public void GoBackTo(IReadOnlyList<RecentCell> cells)
    {
        lock (_gate)
        {
            _cells.Clear();
            foreach (var cell in cells)
            {
                _cells.Enqueue(cell);
            }
        }
    }

    public void Add(RecentCell cell)
    {
        lock (_gate)
        {
            if (_cells.Count == Capacity)
            {
                _cells.Dequeue();
            }

            _cells.Enqueue(cell.Code.Length <= MaxCode ? cell : cell with { Code = cell.Code[..MaxCode] });
        }
    }
}
