namespace Lyceum.ChatService.CodeGeneration;

/// <summary>Compares two texts by their longest common sequence of lines.</summary>
internal static class LineComparison
{
    // The table has a cell for each pair of lines.
    private const int MaxCells = 4_000_000;

    public static List<ComparedLine> Compare(string from, string to)
    {
        var (old, now) = (from.Split('\n'), to.Split('\n'));
        List<ComparedLine> lines = [];
        if ((long)old.Length * now.Length > MaxCells)
        {
            return [.. old.Select(line => new ComparedLine("removed", line)), .. now.Select(line => new ComparedLine("added", line))];
        }

        var common = Common(old, now);
        var (i, j) = (0, 0);
        while (i < old.Length || j < now.Length)
        {
            lines.Add(i < old.Length && j < now.Length && old[i] == now[j] ? new ComparedLine("same", Next(old, ref i, ref j))
                : j == now.Length || (i < old.Length && common[i + 1][j] >= common[i][j + 1]) ? new ComparedLine("removed", old[i++])
                : new ComparedLine("added", now[j++]));
        }

        return lines;
    }

    private static string Next(string[] lines, ref int i, ref int j)
    {
        j++;
        return lines[i++];
    }

    /// <summary>How many lines the ends of both have in common, from each pair of positions on.</summary>
    private static int[][] Common(string[] old, string[] now)
    {
        var common = Enumerable.Range(0, old.Length + 1).Select(_ => new int[now.Length + 1]).ToArray();
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--)
            {
                common[i][j] = old[i] == now[j] ? common[i + 1][j + 1] + 1 : Math.Max(common[i + 1][j], common[i][j + 1]);
            }
        }

        return common;
    }
}
