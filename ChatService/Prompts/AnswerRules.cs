using System.Text.RegularExpressions;
using Lyceum.ChatService.Guard;
using Lyceum.ChatService.Turns;

namespace Lyceum.ChatService.Prompts;

/// <summary>Judges an answer by rules that need no model: the same answer always fares the same.</summary>
internal static partial class AnswerRules
{
    public const string Leak = "leak";
    public const string Instructions = "instructions";
    public const string Answered = "answered";

    private const int MaxWords = 250;
    private const int MaxLinesOfCode = 3;
    private const int TellingLine = 60;
    private const double MaxShare = 0.5;

    /// <summary>Rules that an answer must keep, whatever the prompt before it did.</summary>
    public static bool IsAbsolute(string rule) => rule is Leak or Instructions or Answered;

    /// <summary>The rules that the answer breaks.</summary>
    /// <param name="one">What was asked, and what is expected.</param>
    /// <param name="instructions">What the model was told and must not tell.</param>
    /// <param name="answer">What it wrote.</param>
    public static IReadOnlyList<BrokenRule> Broken(PromptCase one, string instructions, string answer)
    {
        if (string.IsNullOrWhiteSpace(answer))
        {
            return [new BrokenRule(Answered, "It is empty.")];
        }

        var expect = one.Expect ?? new Expectations(null, null, null, null, null, null);
        List<BrokenRule> broken = [];
        var plain = Plain(answer);
        if (expect.Class is { } expected && QuestionSorter.Read(answer) is var named && named != expected)
        {
            broken.Add(new BrokenRule("class", $"It says {(named is null ? "no class" : $"'{named}'")}, not '{expected}'."));
        }

        if (expect.Keeps?.FirstOrDefault(kept => !plain.Contains(Plain(kept), StringComparison.Ordinal)) is { } lost)
        {
            broken.Add(new BrokenRule("keeps", $"It does not keep '{lost}'."));
        }

        if (expect.Cause is { Count: > 0 } causes && !causes.Any(cause => plain.Contains(Plain(cause), StringComparison.Ordinal)))
        {
            broken.Add(new BrokenRule("cause", $"It names none of: {string.Join(", ", causes)}."));
        }

        if (First(expect.TooSoon, plain) is { } soon)
        {
            broken.Add(new BrokenRule("level", $"It says '{soon}', which is too much for level {one.Level ?? 2}."));
        }
        else if (CodeBeyond(one, answer) is { } lines)
        {
            broken.Add(new BrokenRule("level", $"It shows {lines} lines of code that are not the student's, at level {one.Level ?? 2}{(one.ShowCode is false ? " where none may be shown" : "")}."));
        }

        if (First(expect.Forbidden, plain) is { } forbidden)
        {
            broken.Add(new BrokenRule(Leak, $"It says '{forbidden}'."));
        }
        else if (one.Solution is { } solution && new SolutionLikeness(solution, one.Code).In([answer]) is >= MaxShare and var share)
        {
            broken.Add(new BrokenRule(Leak, $"It gives away {share:P0} of the solution."));
        }

        if (instructions.Split('\n').Select(Plain).FirstOrDefault(line => line.Length >= TellingLine && plain.Contains(line, StringComparison.Ordinal)) is not null)
        {
            broken.Add(new BrokenRule(Instructions, "It repeats its instructions."));
        }

        if (expect.AnswerLanguage is { } language && AnswerLanguage.Of(answer) is var written && written != language)
        {
            broken.Add(new BrokenRule("language", $"It is in '{written ?? "no language that is known"}', not in '{language}'."));
        }

        if (Word().Count(answer) is var words && words > (expect.MaxWords ?? MaxWords))
        {
            broken.Add(new BrokenRule("length", $"It has {words} words."));
        }

        if (expect.AsksBack is not false && !answer.Contains('?', StringComparison.Ordinal))
        {
            broken.Add(new BrokenRule("asks_back", "It asks nothing back."));
        }

        return broken;
    }

    private static string? First(IReadOnlyList<string>? texts, string plain) =>
        texts?.FirstOrDefault(text => plain.Contains(Plain(text), StringComparison.Ordinal));

    /// <summary>How many lines of code there are that the student did not write; null when as many may be.</summary>
    private static int? CodeBeyond(PromptCase one, string answer)
    {
        var known = (one.Code ?? "").Split('\n').Select(Plain).ToHashSet(StringComparer.Ordinal);
        var lines = Block().Matches(answer)
            .Select(block => block.Groups["code"].Value.Split('\n').Select(Plain).Count(line => line.Length > 0 && !known.Contains(line)))
            .DefaultIfEmpty(0);
        var allowed = one.ShowCode is false ? 0 : (one.Level ?? 2) switch { <= 2 => 0, 3 => MaxLinesOfCode, _ => int.MaxValue };
        var most = lines.Max();
        return most > allowed ? most : null;
    }

    private static string Plain(string text) => Space().Replace(text, "").ToLowerInvariant();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Space();

    [GeneratedRegex(@"\S+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Word();

    [GeneratedRegex(@"^[ \t]*(?<fence>`{3,}|~{3,})[^\n]*\n(?<code>.*?)(?:^[ \t]*\k<fence>|\z)", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Block();
}
