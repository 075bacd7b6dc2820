using Lyceum.CSharpKernel.Formatting;

namespace Lyceum.CSharpKernel.Execution;

/// <summary>What a running cell reaches outside of itself. Calls come from any thread.</summary>
internal interface ICellHost
{
    /// <summary>Cancelled when the user interrupts the cell.</summary>
    CancellationToken Interrupted { get; }

    /// <summary>What the cells before this one have declared, the latest last.</summary>
    IReadOnlyList<Variable> Variables { get; }

    void WriteOut(string text);

    void WriteError(string text);

    /// <summary>Shows data below the cell.</summary>
    /// <param name="data">What to show.</param>
    /// <param name="displayId">By which <see cref="Update"/> finds it again.</param>
    void Display(MimeBundle data, string displayId);

    /// <summary>Shows other data in the place of those that were displayed under the id.</summary>
    void Update(MimeBundle data, string displayId);

    /// <summary>Takes away what the cell has put out.</summary>
    /// <param name="wait">Not before there is something new to show.</param>
    void ClearOutput(bool wait);

    /// <summary>Asks the user for a line; waits until it comes or the cell is interrupted.</summary>
    /// <exception cref="InvalidOperationException">There is nobody to ask.</exception>
    string ReadLine(string prompt = "", bool isPassword = false);
}

/// <summary>A variable that a cell declared.</summary>
internal sealed record Variable(string Name, Type Type, object? Value);

/// <summary>Which cell the code that runs now belongs to.</summary>
internal static class RunningCell
{
    private static readonly AsyncLocal<ICellHost?> Here = new();
    private static ICellHost? _latest;

    /// <summary>
    /// The cell that started this thread or task, even after it ended, as long as anything of it still runs;
    /// else the cell that was started last.
    /// </summary>
    public static ICellHost? Current => Here.Value ?? _latest;

    /// <summary>Makes this thread, and all that it starts, part of the cell.</summary>
    public static void Enter(ICellHost host) => Here.Value = host;

    /// <summary>Makes the cell the one that output of unknown origin belongs to.</summary>
    public static void Announce(ICellHost host) => _latest = host;
}
