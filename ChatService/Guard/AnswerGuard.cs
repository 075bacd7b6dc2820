using System.Text.RegularExpressions;
using Lyceum.ChatService.Assignments;

namespace Lyceum.ChatService.Guard;

/// <summary>Keeps an answer within the policy, whatever the model wrote. While it has something to keep, nobody sees the answer grow.</summary>
/// <param name="help">What the tutor may do.</param>
/// <param name="code">The student's own code; null when it is not known.</param>
/// <param name="earlier">The answers before this one.</param>
/// <param name="maxShare">From which share of a solution on an answer is too near to it.</param>
internal sealed partial class AnswerGuard(Help help, string? code, IReadOnlyList<string> earlier, double maxShare)
{
    private readonly List<string> _shown = [.. earlier];

    public const string Withheld = "I kept my answer back, because it gave too much of the solution away. Ask me about one step of it: which line or which idea is unclear to you?";
    private const string CodeLeftOut = "*(Code is left out here: this assignment's policy lets me describe it only.)*";

    private readonly SolutionLikeness[] _solutions = [.. help.Solutions.Select(solution => new SolutionLikeness(solution, code))];

    public bool Holds => _solutions.Length > 0 || !help.Policy.ShowCode;

    /// <summary>The largest share of a solution that the answer, with those before it, gives away.</summary>
    public double Likeness(string answer)
    {
        // What was shown before is not this answer's doing, unless it adds to it.
        string[] all = [.. _shown, answer];
        return _solutions.Select(solution => solution.In(all) is var share && share > solution.In(_shown) ? share : solution.In([answer])).DefaultIfEmpty(0).Max();
    }

    public bool IsTooNear(double likeness) => likeness >= maxShare;

    /// <summary>
    /// Whether the student may be shown what a model wants to call a tool with; what may be shown counts as shown. Not for calls at once.
    /// </summary>
    /// <param name="texts">All texts of the call.</param>
    /// <param name="pieces">Those of them that are code.</param>
    public bool Allows(IReadOnlyList<string> texts, IEnumerable<string> pieces)
    {
        var whole = string.Join('\n', texts);
        if (IsTooNear(Likeness(whole)) || (!help.Policy.ShowCode && !pieces.All(IsStudents)))
        {
            return false;
        }

        _shown.Add(whole);
        return true;
    }

    /// <summary>The answer without what the policy does not let it show.</summary>
    public string WithinPolicy(string answer) => help.Policy.ShowCode ? answer : Block().Replace(answer, block => IsStudents(block.Groups["code"].Value) ? block.Value : CodeLeftOut);

    /// <summary>Whether a piece of code only quotes the student.</summary>
    private bool IsStudents(string piece) =>
        code is not null && piece.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).All(line => code.Contains(line, StringComparison.Ordinal));

    [GeneratedRegex(@"^[ \t]*(?<fence>`{3,}|~{3,})[^\n]*\n(?<code>.*?)(?:^[ \t]*\k<fence>[`~]*[ \t]*$|\z)", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Block();
}
