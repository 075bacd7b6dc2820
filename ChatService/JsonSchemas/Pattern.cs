using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;

namespace Lyceum.ChatService.JsonSchemas;

/// <summary>ECMA 262's regular expressions, which JSON Schema names, as .NET's where the two differ.</summary>
internal static class Pattern
{
    private const int MaxLength = 1000;
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(500);

    /// <summary>Unicode's long names of general categories, of which .NET knows the short ones.</summary>
    private static readonly FrozenDictionary<string, string> Categories = new Dictionary<string, string>
    {
        ["Letter"] = "L",
        ["Lowercase_Letter"] = "Ll",
        ["Uppercase_Letter"] = "Lu",
        ["Mark"] = "M",
        ["Number"] = "N",
        ["Decimal_Number"] = "Nd",
        ["Punctuation"] = "P",
        ["Symbol"] = "S",
        ["Separator"] = "Z",
        ["Other"] = "C",
    }.ToFrozenDictionary();

    /// <summary>The expression; null with the reason when it is none, or uses what only one of the two dialects has.</summary>
    public static Regex? TryRead(string pattern, out string reason)
    {
        reason = "";
        if (pattern.Length > MaxLength)
        {
            reason = $"The pattern is longer than {MaxLength} characters.";
            return null;
        }

        try
        {
            return new Regex(Translate(pattern), RegexOptions.CultureInvariant, MaxTime);
        }
        catch (ArgumentException failure)
        {
            reason = $"The pattern cannot be used: {failure.Message}";
            return null;
        }
    }

    private static string Translate(string pattern)
    {
        StringBuilder translated = new(pattern.Length + 16);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                if (pattern[i + 1] is 'p' or 'P' && pattern.AsSpan(i + 2) is ['{', ..] && pattern.IndexOf('}', i) is >= 0 and var end)
                {
                    var name = pattern[(i + 3)..end];
                    translated.Append('\\').Append(pattern[i + 1]).Append('{').Append(Categories.GetValueOrDefault(name, name)).Append('}');
                    i = end;
                    continue;
                }

                translated.Append(Escape(pattern[++i], inClass));
                continue;
            }

            if (!inClass && c == '(' && i + 2 < pattern.Length && pattern[i + 1] == '?' && !":=!<".Contains(pattern[i + 2], StringComparison.Ordinal))
            {
                throw new ArgumentException("groups begin with '(', '(?:', '(?=', '(?!', '(?<=', '(?<!' or '(?<name>'.");
            }

            inClass = c switch { '[' => true, ']' => false, _ => inClass };
            // .NET's $ also matches before a last line feed.
            translated.Append(c == '$' && !inClass ? @"\z" : c.ToString());
        }

        return translated.ToString();
    }

    private static string Escape(char c, bool inClass) => (c, inClass) switch
    {
        // .NET's classes hold the digits and letters of every script.
        ('d', true) => "0-9",
        ('d', false) => "[0-9]",
        ('D', false) => "[^0-9]",
        ('w', true) => "A-Za-z0-9_",
        ('w', false) => "[A-Za-z0-9_]",
        ('W', false) => "[^A-Za-z0-9_]",
        ('A' or 'Z' or 'z' or 'G' or 'a' or 'e', _) => throw new ArgumentException($"'\\{c}' is not an escape of ECMA 262."),
        _ => $"\\{c}",
    };
}
