using System.Security.Cryptography;
using System.Text;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>
/// Texts of students' as parts of keys: PostgreSQL's b-trees take 2704 bytes a key, and what is longer would keep a learner's rows out.
/// What does not fit ends with a hash of the whole, so that it is still told from others.
/// </summary>
internal static class DerivedKey
{
    // Beside course, learner and cell, which are 128 characters at most: 384 bytes of UTF-8 each.
    private const int MaxNotebook = 1000;
    private const int MaxClass = 200;
    private const int MaxObjective = 600;
    private const int HashLength = 16;

    public static string OfNotebook(string notebook) => Cut(notebook, MaxNotebook);

    public static string OfClass(string name) => Cut(name, MaxClass);

    public static string OfObjective(string objective) => Cut(objective, MaxObjective);

    private static string Cut(string text, int maxBytes)
    {
        if (text.Length <= maxBytes / 3 || Encoding.UTF8.GetByteCount(text) <= maxBytes)
        {
            return text;
        }

        var (length, bytes) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes - HashLength - 1)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return $"{text[..length]}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashLength / 2))}";
    }
}
