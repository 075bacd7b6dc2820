using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Lyceum.ModelHost.Hints;

/// <summary>One kind of error and what to say about it, at three levels. <c>{group}</c> in a text is filled from the message.</summary>
/// <param name="Error">The error's name, or several with <c>|</c>; empty for R.</param>
/// <param name="Message">A pattern for the message; empty for any.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Ask">Level 1: a question that orients.</param>
/// <param name="Look">Level 2: what to look at, and the concept.</param>
/// <param name="Try">Level 3: a concrete step.</param>
/// <param name="Example">Level 3: code about other data.</param>
/// <param name="Similar">The group that names something whose nearest neighbour helps.</param>
internal sealed record HintEntry(string Error, string Message, string Meaning, string Ask, string Look, string Try, IReadOnlyList<string> Example, string? Similar)
{
    private readonly Regex _pattern = new(Message, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    /// <summary>The groups of the message, when the entry is about this error.</summary>
    public Match? Match(StudentError error) =>
        (Error.Length == 0 || Error.Split('|').Contains(error.Name, StringComparer.Ordinal)) && _pattern.Match(error.Message) is { Success: true } match
            ? match
            : null;
}

/// <summary>A subject that students ask about, and where to look.</summary>
internal sealed record HintTopic(string Match, string Topic, string Python, string R, string Csharp, string Any)
{
    private readonly Regex _pattern = new(Match, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public bool IsIn(string question) => _pattern.IsMatch(question);

    public string For(Language? language) => language switch
    {
        Language.Python => Python,
        Language.R => R,
        Language.CSharp => Csharp,
        _ => Any,
    };
}

/// <summary>Names that a language brings along or that everybody uses.</summary>
/// <param name="Modules">The module (package, namespace) behind a short name.</param>
/// <param name="Names">Built-in names and modules.</param>
/// <param name="Members">Frequent methods and properties.</param>
internal sealed record KnownNames(IReadOnlyDictionary<string, string> Modules, IReadOnlyList<string> Names, IReadOnlyList<string> Members);

/// <summary>The catalogue, read once from the files embedded in this assembly.</summary>
internal sealed class HintCatalogue
{
    private readonly FrozenDictionary<Language, HintEntry[]> _entries = new Dictionary<Language, HintEntry[]>
    {
        [Language.Python] = [.. Load("python.json", HintJson.Default.HintEntryArray), .. Load("python-syntax.json", HintJson.Default.HintEntryArray)],
        [Language.R] = Load("r.json", HintJson.Default.HintEntryArray),
        [Language.CSharp] = Load("csharp.json", HintJson.Default.HintEntryArray),
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, KnownNames> _known = Load("known.json", HintJson.Default.DictionaryStringKnownNames).ToFrozenDictionary();

    public IReadOnlyList<HintTopic> Topics { get; } = Load("topics.json", HintJson.Default.HintTopicArray);

    public IReadOnlyList<HintEntry> For(Language language) => _entries[language];

    public KnownNames Known(Language language) => _known[language.Fence()];

    /// <summary>The first entry about the error, with the groups of its message.</summary>
    public (HintEntry Entry, Match Match)? Find(StudentError error)
    {
        foreach (var entry in _entries[error.Language])
        {
            if (entry.Match(error) is { } match)
            {
                return (entry, match);
            }
        }

        return null;
    }

    private static T Load<T>(string file, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Hints.{file}")
            ?? throw new InvalidOperationException($"{file} is not embedded.");
        return JsonSerializer.Deserialize(stream, type) ?? throw new InvalidOperationException($"{file} is empty.");
    }
}

[JsonSerializable(typeof(HintEntry[]))]
[JsonSerializable(typeof(HintTopic[]))]
[JsonSerializable(typeof(Dictionary<string, KnownNames>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = false)]
internal sealed partial class HintJson : JsonSerializerContext;
