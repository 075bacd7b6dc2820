using System.Text.RegularExpressions;

namespace Lyceum.ModelHost.Hints;

/// <summary>What the student's own code shows about a name in the error: a near neighbour, a missing import, a wrong order.</summary>
internal sealed partial class HintObservation(KnownNames known, CodeReading reading, StudentError error, int? line)
{
    public string About(string? group, Match? match)
    {
        var name = group is null || match is null ? "" : match.Groups[group].Value;
        if (name.Length == 0)
        {
            return "";
        }

        return group switch
        {
            "key" => Near(name, reading.Texts),
            "member" => Module(name) is { Length: > 0 } module && error.Language == Language.CSharp ? module : Near(name, [.. Members(), .. Builtin(known.Members)]),
            "module" => Near(name, Builtin([.. known.Modules.Values, .. known.Names])),
            _ => Order(name) is { Length: > 0 } order ? order
                : Module(name) is { Length: > 0 } module ? module
                : Near(name, [.. Whole().Where(own => own.Defines), .. Whole(), .. Builtin(known.Names)]),
        };
    }

    private string Order(string name) => Whole().FirstOrDefault(own => own.Defines && own.Name == name) is { } own && line is { } at && own.Line > at
        ? $"Line {own.Line} gives {Markdown.Code(name)} a value, but that comes after line {at}."
        : "";

    private string Module(string name)
    {
        if (!known.Modules.TryGetValue(name, out var module))
        {
            return "";
        }

        var word = error.Language switch { Language.R => "package", Language.CSharp => "namespace", _ => "module" };
        var mention = reading.Names.FirstOrDefault(own => own.Name == module || own.Name.StartsWith(module + ".", StringComparison.Ordinal));
        return mention is null
            ? $"{Markdown.Code(name)} usually belongs to the {word} {Markdown.Code(module)}: which line makes that {word} known, and has it run?"
            : $"{Markdown.Code(name)} usually belongs to the {word} {Markdown.Code(module)}, which line {mention.Line} mentions: under which name is it known after that line?";
    }

    private string Near(string name, IEnumerable<CodeName> candidates)
    {
        if (SimilarNames.Nearest(name, candidates) is { } near)
        {
            return near.Line == 0
                ? $"There is a well-known {Markdown.Code(near.Name)}: compare the spelling letter by letter."
                : $"Your code has {Markdown.Code(near.Name)} in line {near.Line}: compare the spelling letter by letter, capitals too.";
        }

        // Python looks at names that only the running kernel knows.
        var meant = DidYouMean.Match(error.Message);
        return meant.Success ? $"Python itself points to {Markdown.Code(meant.Groups["name"].Value)}: compare the spelling." : "";
    }

    /// <summary>Names as written, and the first part of dotted ones.</summary>
    private IEnumerable<CodeName> Whole() => reading.Names.Select(own => error.Language != Language.R && own.Name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? own with { Name = own.Name[..dot], Defines = false } : own);

    private IEnumerable<CodeName> Members() => reading.Names
        .Where(own => own.Name.Contains('.', StringComparison.Ordinal))
        .Select(own => own with { Name = own.Name[(own.Name.LastIndexOf('.') + 1)..] });

    private static IEnumerable<CodeName> Builtin(IEnumerable<string> names) => names.Select(name => new CodeName(name, 0, Defines: true));

    [GeneratedRegex("Did you mean:? '(?<name>[^']+)'", RegexOptions.NonBacktracking)]
    private static partial Regex DidYouMean { get; }
}
