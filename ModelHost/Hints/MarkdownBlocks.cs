using System.Text;

namespace Lyceum.ModelHost.Hints;

internal enum BlockKind
{
    Prose,
    Heading,
    Fence,
}

/// <param name="Kind">What it is.</param>
/// <param name="Info">The word after an opening fence.</param>
/// <param name="Text">The content, without fence or heading mark.</param>
internal sealed record MarkdownBlock(BlockKind Kind, string Info, string Text);

/// <summary>As much of Markdown as a prompt needs: fences, headings of the first level, and the rest.</summary>
internal static class MarkdownBlocks
{
    public static IReadOnlyList<MarkdownBlock> Read(string text)
    {
        List<MarkdownBlock> blocks = [];
        StringBuilder prose = new();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var ticks = TicksOf(lines[i]);
            if (ticks >= 3)
            {
                Flush();
                var end = Array.FindIndex(lines, i + 1, line => TicksOf(line) >= ticks && line.Trim().Trim('`').Length == 0);
                end = end < 0 ? lines.Length : end;
                blocks.Add(new MarkdownBlock(BlockKind.Fence, lines[i].Trim().Trim('`').Trim(), string.Join('\n', lines[(i + 1)..end])));
                i = end;
            }
            else if (lines[i].StartsWith("# ", StringComparison.Ordinal))
            {
                Flush();
                blocks.Add(new MarkdownBlock(BlockKind.Heading, "", lines[i][2..].Trim()));
            }
            else
            {
                prose.Append(lines[i]).Append('\n');
            }
        }

        Flush();
        return blocks;

        void Flush()
        {
            if (prose.Length > 0)
            {
                blocks.Add(new MarkdownBlock(BlockKind.Prose, "", prose.ToString().Trim('\n')));
                prose.Clear();
            }
        }
    }

    private static int TicksOf(string line)
    {
        var trimmed = line.AsSpan().TrimStart(' ');
        var rest = trimmed.TrimStart('`');
        return line.Length - trimmed.Length <= 3 ? trimmed.Length - rest.Length : 0;
    }
}
