using Lyceum.CSharpKernel.Formatting;

namespace Lyceum.CSharpKernel.Execution;

/// <summary>How a cell ended.</summary>
/// <param name="Result">The value of its last expression; null if it has none.</param>
/// <param name="Error">Why it failed; null if it did not.</param>
internal sealed record CellOutcome(MimeBundle? Result, CellError? Error)
{
    public static CellOutcome Nothing { get; } = new(null, null);
}

/// <summary>A failure in the words of Jupyter's <c>error</c> message.</summary>
/// <param name="Name">The exception's type without its namespace, or the compiler's code, such as <c>CS0103</c>.</param>
/// <param name="Value">The message.</param>
/// <param name="Traceback">What to show, line by line; starts with name and value.</param>
internal sealed record CellError(string Name, string Value, IReadOnlyList<string> Traceback);
