namespace Lyceum.ModelHost.Hints;

internal enum Language
{
    Python,
    R,
    CSharp,
}

internal static class Languages
{
    /// <summary>The language that a fence's or section's word names, or null.</summary>
    public static Language? Named(string word) => word.Trim().ToUpperInvariant() switch
    {
        "PYTHON" or "PYTHON3" or "PY" or "IPYTHON" => Language.Python,
        "R" or "IR" => Language.R,
        "C#" or "CSHARP" or "CS" => Language.CSharp,
        _ => null,
    };

    public static string Title(this Language language) => language switch
    {
        Language.CSharp => "C#",
        _ => language.ToString(),
    };

    /// <summary>The word for a fence.</summary>
    public static string Fence(this Language language) => language switch
    {
        Language.Python => "python",
        Language.R => "r",
        _ => "csharp",
    };

    /// <summary>The language that code looks like, or null when it could be any.</summary>
    public static Language? Guess(string code)
    {
        (Language Language, int Score)[] scores =
        [
            (Language.Python, Count("def ", "import ", "print(", "elif ", "self.", "None", "True", "):\n")),
            (Language.R, Count("<-", "library(", "function(", "c(", "%>%", "TRUE", "data.frame", "$")),
            (Language.CSharp, Count(";\n", "var ", "Console.", "using ", "string ", "int ", "public ", "new ", "=>")),
        ];
        var best = scores.MaxBy(score => score.Score);
        return best.Score > 0 ? best.Language : null;

        int Count(params ReadOnlySpan<string> marks)
        {
            var count = 0;
            foreach (var mark in marks)
            {
                count += (code + "\n").Contains(mark, StringComparison.Ordinal) ? 1 : 0;
            }

            return count;
        }
    }
}
