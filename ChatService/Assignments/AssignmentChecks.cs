using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Tools;
using Lyceum.ChatService.Tutor;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.Assignments;

/// <summary>Checks what instructors send; every complaint names its field.</summary>
internal static class AssignmentChecks
{
    public const int MinLevel = 1;
    public const int MaxLevel = 4;
    private const int MaxTitle = 200;
    private const int MaxDescription = 20_000;
    private const int MaxSolution = 50_000;
    private const int MaxObjectives = 50;
    private const int MaxObjective = 300;

    public static ProblemHttpResult? Check(AssignmentBody body)
    {
        if (NotebookText.Line(body.Title ?? "").Length is 0 or > MaxTitle)
        {
            return ConversationProblems.Invalid("title", $"It must be a line of 1 to {MaxTitle} characters.");
        }

        if (NotebookText.Line(body.PathPattern ?? "").Length is 0 or > PathPattern.MaxLength)
        {
            return ConversationProblems.Invalid("path_pattern", $"It must be a path of 1 to {PathPattern.MaxLength} characters, such as 'week-1/*.ipynb'.");
        }

        return TooLong("description", body.Description, MaxDescription)
            ?? TooLong("reference_solution", body.ReferenceSolution, MaxSolution)
            ?? Check(body.Objectives ?? [])
            ?? Check("policy.", body.Policy);
    }

    /// <param name="at">Where in the body the policy is: what stands before its fields' names.</param>
    /// <param name="policy">The policy.</param>
    public static ProblemHttpResult? Check(string at, HelpPolicyBody? policy) =>
        policy?.MaxHintLevel is < MinLevel or > MaxLevel ? ConversationProblems.Invalid($"{at}max_hint_level", $"It must be between {MinLevel} and {MaxLevel}.")
        : ToolPolicy.Complaint(policy?.Tools) is { } complaint ? ConversationProblems.Invalid($"{at}tools", complaint)
        : null;

    public static HelpPolicy? Policy(HelpPolicyBody? body) => body is null
        ? null
        : new HelpPolicy(body.MaxHintLevel ?? HelpPolicy.Default.MaxHintLevel, body.ShowCode ?? HelpPolicy.Default.ShowCode, body.Lockdown ?? HelpPolicy.Default.Lockdown) { Tools = body.Tools };

    private static ProblemHttpResult? Check(IReadOnlyList<string?> objectives) =>
        objectives.Count > MaxObjectives || objectives.Any(objective => NotebookText.Line(objective ?? "").Length is 0 or > MaxObjective)
            ? ConversationProblems.Invalid("objectives", $"There may be {MaxObjectives} of them at most, each a line of 1 to {MaxObjective} characters.")
            : null;

    private static ProblemHttpResult? TooLong(string field, string? text, int limit) =>
        text?.Length > limit ? ConversationProblems.Invalid(field, $"It is longer than {limit} characters.")
        : text?.Contains('\0', StringComparison.Ordinal) is true ? ConversationProblems.Invalid(field, "It contains the character NUL, which cannot be stored.")
        : null;
}
