using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Lyceum.ChatService.Tutor;

/// <summary>Instructions to a model, from a file with front matter that is embedded in the assembly.</summary>
/// <param name="Version">The name and the SHA-256 of the file, recorded on every answer.</param>
/// <param name="File">The whole file.</param>
/// <param name="Text">What the model is told.</param>
/// <param name="Temperature">How freely it may choose its words; null for the model's own setting.</param>
/// <param name="MaxOutputTokens">How long its answer may become; null for the model's own setting.</param>
internal sealed record TutorPrompt(string Version, string File, string Text, float? Temperature, int? MaxOutputTokens)
{
    private const string Fence = "---\n";

    public static TutorPrompt Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"prompts/{name}")
            ?? throw new InvalidOperationException($"There is no prompt '{name}'.");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    public static TutorPrompt Parse(string file)
    {
        // A checkout with other line ends is the same prompt.
        var text = file.ReplaceLineEndings("\n");
        var end = text.IndexOf("\n" + Fence, StringComparison.Ordinal);
        if (!text.StartsWith(Fence, StringComparison.Ordinal) || end < 0)
        {
            throw new FormatException("A prompt begins with front matter between two lines of '---'.");
        }

        var matter = text[Fence.Length..end].Split('\n').Select(Entry).ToDictionary(entry => entry.Key, entry => entry.Value);
        if (!matter.TryGetValue("name", out var name))
        {
            throw new FormatException("A prompt's front matter has a 'name'.");
        }

        return new TutorPrompt(
            $"{name}@{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}",
            text,
            text[(end + 1 + Fence.Length)..].Trim(),
            matter.TryGetValue("temperature", out var temperature) ? float.Parse(temperature, CultureInfo.InvariantCulture) : null,
            matter.TryGetValue("max_output_tokens", out var tokens) ? int.Parse(tokens, CultureInfo.InvariantCulture) : null);
    }

    private static KeyValuePair<string, string> Entry(string line) =>
        line.IndexOf(':', StringComparison.Ordinal) is var colon and > 0
            ? KeyValuePair.Create(line[..colon].Trim(), line[(colon + 1)..].Trim())
            : throw new FormatException($"A line of front matter is 'name: value', not '{line}'.");

    /// <summary>The names of its headings <c>## name</c>.</summary>
    public IEnumerable<string> Sections => ("\n" + Text).Split("\n## ").Skip(1).Select(section => section.Split('\n', 2)[0].Trim());

    /// <summary>The text below a heading <c>## name</c>.</summary>
    public string Section(string name)
    {
        var sections = ("\n" + Text).Split("\n## ");
        return sections.FirstOrDefault(section => section.StartsWith($"{name}\n", StringComparison.Ordinal))?[(name.Length + 1)..].Trim()
            ?? throw new FormatException($"The prompt '{Version}' has no section '{name}'.");
    }
}
