using Lyceum.CSharpKernel.Execution;
using Lyceum.CSharpKernel.Formatting;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>Answers questions about code that is not run: completion, inspection, completeness.</summary>
internal static class CodeRequests
{
    public static CompleteReply Complete(CSharpEngine engine, CompleteRequest request)
    {
        var completions = engine.Complete(request.Code, CodePoints.ToUtf16(request.Code, request.CursorPos), CancellationToken.None);
        var start = CodePoints.FromUtf16(request.Code, completions.Start);
        var end = CodePoints.FromUtf16(request.Code, completions.End);
        return new CompleteReply(
            [.. completions.Matches.Select(match => match.Text)],
            start,
            end,
            new CompleteMetadata([.. completions.Matches.Select(match => new CompletionType(start, end, match.Text, match.Type, match.Signature))]));
    }

    public static InspectReply Inspect(CSharpEngine engine, InspectRequest request)
    {
        var text = engine.Inspect(request.Code, CodePoints.ToUtf16(request.Code, request.CursorPos), CancellationToken.None);
        return new InspectReply(text is not null, text is null ? [] : MimeBundle.Of(text), []);
    }

    public static IsCompleteReply IsComplete(IsCompleteRequest request)
    {
        var (status, indent) = CSharpEngine.IsComplete(request.Code);
        return new IsCompleteReply(status, status == "incomplete" ? indent : null);
    }
}
