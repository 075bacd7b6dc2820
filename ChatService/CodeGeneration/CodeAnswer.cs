namespace Lyceum.ChatService.CodeGeneration;

/// <summary>Takes the code out of what a model wrote.</summary>
internal static class CodeAnswer
{
    private const string Fence = "```";

    /// <summary>What stands in the first code fence, to its end or the text's; without a fence, everything.</summary>
    public static string Extract(string answer)
    {
        var text = answer.ReplaceLineEndings("\n");
        var opening = text.IndexOf(Fence, StringComparison.Ordinal);
        var start = opening < 0 ? -1 : text.IndexOf('\n', opening);
        if (start < 0)
        {
            return opening < 0 ? text.Trim('\n', ' ') : "";
        }

        var end = text.IndexOf("\n" + Fence, start, StringComparison.Ordinal);
        return (end < 0 ? text[start..] : text[start..end]).Trim('\n');
    }
}
