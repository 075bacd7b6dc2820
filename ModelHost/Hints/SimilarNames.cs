namespace Lyceum.ModelHost.Hints;

/// <summary>Finds the name that was probably meant.</summary>
internal static class SimilarNames
{
    private const int MaxName = 60;

    /// <summary>The nearest of the candidates, the first among equals; null when none is near.</summary>
    public static CodeName? Nearest(string name, IEnumerable<CodeName> candidates)
    {
        if (name.Length is 0 or > MaxName)
        {
            return null;
        }

        // A third of the letters may differ; in names of one or two letters none, or every short name would be near.
        var limit = name.Length <= 2 ? 0 : Math.Max(1, name.Length / 3);
        return candidates
            .Where(candidate => candidate.Name != name && candidate.Name.Length is > 0 and <= MaxName)
            .Select(candidate => (Candidate: candidate, Distance: Distance(Plain(name), Plain(candidate.Name))))
            .Where(pair => pair.Distance <= limit)
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.Candidate)
            .FirstOrDefault();
    }

    // Capitals, underscores and dots are what people mix up first.
    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal).Trim().ToUpperInvariant();

    /// <summary>Edit distance with swapped neighbours as one step (optimal string alignment).</summary>
    private static int Distance(string left, string right)
    {
        // Three rows of the table are enough: the one in work and the two before it.
        var (older, old, row) = (new int[right.Length + 1], new int[right.Length + 1], new int[right.Length + 1]);
        for (var j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            (older, old, row) = (old, row, older);
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var change = left[i - 1] == right[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(old[j] + 1, row[j - 1] + 1), old[j - 1] + change);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    row[j] = Math.Min(row[j], older[j - 2] + 1);
                }
            }
        }

        return row[right.Length];
    }
}
