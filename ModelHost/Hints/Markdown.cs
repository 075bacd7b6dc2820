using System.Text;

namespace Lyceum.ModelHost.Hints;

/// <summary>Puts other people's text into an answer so that it stays text.</summary>
internal static class Markdown
{
    private const int MaxInline = 200;
    private const int MaxBlock = 2000;

    /// <summary>Inline code on one line, whatever the text holds.</summary>
    public static string Code(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        line = line.Length > MaxInline ? line[..MaxInline] + "…" : line;
        if (line.Length == 0)
        {
            return "(empty)";
        }

        var ticks = new string('`', LongestRun(line) + 1);
        var space = line[0] == '`' || line[^1] == '`' ? " " : "";
        return $"{ticks}{space}{line}{space}{ticks}";
    }

    /// <summary>A fenced block whose fence is longer than any run of backticks in it.</summary>
    public static string Fence(string text, string info)
    {
        var kept = text.Length > MaxBlock ? text[..MaxBlock] + "…" : text;
        var ticks = new string('`', Math.Max(3, LongestRun(kept) + 1));
        return new StringBuilder().Append(ticks).Append(info).Append('\n').Append(kept).Append('\n').Append(ticks).ToString();
    }

    private static int LongestRun(string text)
    {
        int longest = 0, run = 0;
        foreach (var character in text)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
