using System.Diagnostics;
using Lyceum.CSharpKernel.Formatting;
using Microsoft.CodeAnalysis;

namespace Lyceum.CSharpKernel.Execution;

/// <summary>Says what went wrong in terms of the user's own cells.</summary>
internal sealed class ErrorReport(CellSources sources)
{
    private const int MaxDiagnostics = 10;
    private const int MaxFrames = 40;

    /// <summary>The compiler's errors, each with its line; the first one gives the name.</summary>
    public CellError OfDiagnostics(IReadOnlyList<Diagnostic> errors)
    {
        var lines = new List<string>();
        foreach (var error in errors.Take(MaxDiagnostics))
        {
            var span = error.Location.GetMappedLineSpan();
            var (from, to) = (span.StartLinePosition, span.EndLinePosition);
            lines.Add($"{Path.GetFileName(span.Path)}({from.Line + 1},{from.Character + 1}): error {error.Id}: {error.GetMessage(null)}");
            var end = to.Line == from.Line ? to.Character : int.MaxValue;
            AddQuote(lines, sources.Quote(Path.GetFileName(span.Path), from.Line + 1, from.Character..end));
        }

        if (errors.Count > MaxDiagnostics)
        {
            lines.Add($"... and {errors.Count - MaxDiagnostics} more errors");
        }

        return new CellError(errors[0].Id, errors[0].GetMessage(null), lines);
    }

    /// <summary>An exception with the frames down to the cell that was run, and what caused it.</summary>
    public CellError OfException(Exception exception)
    {
        var lines = new List<string>();
        for (var (cause, depth) = (exception, 0); cause is not null && depth < 5; cause = cause.InnerException, depth++)
        {
            var head = $"{TypeNames.Of(cause.GetType())}: {cause.Message}";
            lines.AddRange((depth == 0 ? head : $"caused by {head}").Split('\n'));
            AddFrames(lines, new StackTrace(cause, fNeedFileInfo: true));
        }

        return new CellError(TypeNames.Of(exception.GetType()), exception.Message, lines);
    }

    public static CellError OfInterrupt(string detail) =>
        new("KeyboardInterrupt", detail, [$"KeyboardInterrupt: {detail}"]);

    /// <summary>An exception of something that runs on after, or beside, its cell.</summary>
    public static string OfUnobserved(Exception exception) =>
        $"Unhandled exception outside of the cell's own flow: {exception}\n";

    private void AddFrames(List<string> lines, StackTrace trace)
    {
        var frames = trace.GetFrames();
        // Below the last frame of a cell lies only what the kernel did to run it.
        var last = Array.FindLastIndex(frames, frame => sources.Contains(CellOf(frame)));
        foreach (var frame in frames.Take(Math.Min(last + 1, MaxFrames)))
        {
            if (!sources.Contains(CellOf(frame)))
            {
                if (FrameNames.IsPublic(frame))
                {
                    lines.Add($"   at {FrameNames.Of(frame)}");
                }

                continue;
            }

            var method = FrameNames.Of(frame);

            lines.Add($"   at {(method.Length == 0 ? "" : method + " in ")}{CellOf(frame)}:line {frame.GetFileLineNumber()}");
            AddQuote(lines, sources.Quote(CellOf(frame), frame.GetFileLineNumber()));
        }

        if (last + 1 > MaxFrames)
        {
            lines.Add($"   ... and {last + 1 - MaxFrames} more calls");
        }
    }

    private static string CellOf(StackFrame frame) => Path.GetFileName(frame.GetFileName()) ?? "";

    private static void AddQuote(List<string> lines, string? quote)
    {
        if (quote is not null)
        {
            lines.AddRange(quote.Split('\n'));
        }
    }
}
