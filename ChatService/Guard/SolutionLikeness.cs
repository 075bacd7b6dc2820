namespace Lyceum.ChatService.Guard;

/// <summary>How much of a solution a text gives away: the share of the solution's token n-grams that it contains.</summary>
internal sealed class SolutionLikeness
{
    private const int GramLength = 6;

    /// <summary>A solution with fewer n-grams than this of its own has nothing that could be told from ordinary code.</summary>
    private const int FewestGrams = 4;

    private readonly HashSet<string> _own;

    /// <param name="solution">The solution.</param>
    /// <param name="known">The student's own code: what is there already cannot be given away.</param>
    public SolutionLikeness(string solution, string? known)
    {
        _own = Grams(CodeTokens.Of(solution));
        _own.ExceptWith(Grams(CodeTokens.Of(known ?? "")));
    }

    /// <summary>The share, from 0 to 1.</summary>
    /// <param name="texts">The answer, and those before it: a solution in small pieces is a solution.</param>
    public double In(IEnumerable<string> texts)
    {
        if (_own.Count < FewestGrams)
        {
            return 0;
        }

        HashSet<string> found = [];
        foreach (var text in texts)
        {
            found.UnionWith(Grams(CodeTokens.Of(text)));
            found.UnionWith(Grams(CodeTokens.Unwrapped(text)));
        }

        found.IntersectWith(_own);
        return (double)found.Count / _own.Count;
    }

    private static HashSet<string> Grams(List<string> tokens)
    {
        HashSet<string> grams = [];
        for (var i = 0; i + GramLength <= tokens.Count; i++)
        {
            grams.Add(string.Join(' ', tokens[i..(i + GramLength)]));
        }

        return grams;
    }
}
