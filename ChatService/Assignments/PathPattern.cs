using System.Text;
using System.Text.RegularExpressions;

namespace Lyceum.ChatService.Assignments;

/// <summary>Which notebooks an assignment is about: <c>*</c> stands for any part of a name, <c>**</c> for any folders, <c>?</c> for one character.</summary>
internal static class PathPattern
{
    public const int MaxLength = 300;

    /// <summary>Whether the path is one of the pattern's; in any case, because file names may be.</summary>
    public static bool Matches(string pattern, string path) =>
        Regex.IsMatch(path.Trim('/'), Expression(pattern.Trim('/')), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    /// <summary>How closely a pattern names its notebooks: of two that match, the one with more letters of its own counts.</summary>
    public static int Closeness(string pattern) => pattern.Count(character => character is not ('*' or '?'));

    private static string Expression(string pattern)
    {
        StringBuilder expression = new("\\A");
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i..].StartsWith("**/", StringComparison.Ordinal))
            {
                expression.Append("(?:.*/)?");
                i += 2;
            }
            else if (pattern[i..].StartsWith("**", StringComparison.Ordinal))
            {
                expression.Append(".*");
                i++;
            }
            else
            {
                expression.Append(pattern[i] switch { '*' => "[^/]*", '?' => "[^/]", var character => Regex.Escape(character.ToString()) });
            }
        }

        return expression.Append("\\z").ToString();
    }
}
