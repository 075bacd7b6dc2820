using System.Text.RegularExpressions;
using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Guard;
using Lyceum.ChatService.Tutor;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Prompts;

/// <summary>Checks prompts and cases that instructors write, before any model sees them.</summary>
internal sealed partial class PromptChecks(PromptLibrary library, AssignmentStore assignments, IOptions<TutorOptions> options)
{
    private const int MaxText = 40_000;
    private const int MaxField = 20_000;
    private const int MaxExpectations = 20;
    private const int MaxOutput = 100_000;
    private const int MaxConversation = 50;

    /// <summary>The prompt that the text is, or what is wrong with it.</summary>
    public async Task<(TutorPrompt? Prompt, ProblemHttpResult? Complaint)> ReadAsync(string course, string? text, CancellationToken cancellationToken)
    {
        if (text is not { Length: > 0 and <= MaxText } || text.Contains('\0', StringComparison.Ordinal))
        {
            return (null, Invalid($"It must be text of 1 to {MaxText} characters."));
        }

        TutorPrompt prompt;
        try
        {
            prompt = TutorPrompt.Parse(text);
        }
        catch (Exception failure) when (failure is FormatException or OverflowException or ArgumentException)
        {
            return (null, Invalid(failure.Message));
        }

        if (Complaint(prompt) is { } complaint)
        {
            return (null, Invalid(complaint));
        }

        // Whoever reads a prompt, a model above all, would have the solution.
        foreach (var solution in (await assignments.ListAsync(course, cancellationToken)).Select(one => one.ReferenceSolution).OfType<string>())
        {
            if (new SolutionLikeness(solution, null).In([text]) >= options.Value.MaxSolutionShare)
            {
                return (null, Invalid("It holds a reference solution of the course. A solution is never shown to a model."));
            }
        }

        return (prompt, null);
    }

    public ProblemHttpResult? Check(PromptCase body)
    {
        if (Missing(body) is { } missing)
        {
            return missing;
        }

        (string, string?)[] texts =
        [
            ("question", body.Question), ("notes", body.Notes), ("expect.class", body.Expect?.Class), .. (body.Conversation ?? []).Select(message => ("conversation", message?.Text)), ("code", body.Code), ("assignment", body.Assignment), ("solution", body.Solution), ("error.value", body.Error?.Value), ("error.name", body.Error?.Name), ("language", body.Language),
            .. (body.Error?.Traceback ?? []).Select(line => ("error.traceback", (string?)line)),
        ];
        if (texts.FirstOrDefault(text => text.Item2?.Length > MaxField || text.Item2?.Contains('\0', StringComparison.Ordinal) is true) is { Item1: { } field })
        {
            return ConversationProblems.Invalid(field, $"It must be text of at most {MaxField} characters.");
        }

        if (body.Level is < AssignmentChecks.MinLevel or > AssignmentChecks.MaxLevel)
        {
            return ConversationProblems.Invalid("level", $"It must be between {AssignmentChecks.MinLevel} and {AssignmentChecks.MaxLevel}.");
        }

        if (body.Expect?.AnswerLanguage is { } language && !AnswerLanguage.Known.Contains(language))
        {
            return ConversationProblems.Invalid("expect.answer_language", $"It must be one of {string.Join(", ", AnswerLanguage.Known)}.");
        }

        (string, IReadOnlyList<string>?)[] lists = [("expect.cause", body.Expect?.Cause), ("expect.too_soon", body.Expect?.TooSoon), ("expect.forbidden", body.Expect?.Forbidden), ("expect.keeps", body.Expect?.Keeps)];
        return lists.FirstOrDefault(list => list.Item2?.Count > MaxExpectations || list.Item2?.Any(text => string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal)) is true) is { Item1: { } name }
            ? ConversationProblems.Invalid(name, $"It must have at most {MaxExpectations} texts, none of them empty.")
            : null;
    }

    /// <summary>What a case of its kind cannot be without.</summary>
    private ProblemHttpResult? Missing(PromptCase body) => body.Prompt switch
    {
        not (null or PromptName.Classifier or PromptName.Summary) =>
            ConversationProblems.Invalid("prompt", $"It must be '{PromptName.Classifier}' or '{PromptName.Summary}', or left out for what a student asks the tutor."),
        PromptName.Summary when body.Conversation is not { Count: >= 1 and <= MaxConversation } conversation || conversation.Any(message => string.IsNullOrWhiteSpace(message?.Text)) =>
            ConversationProblems.Invalid("conversation", $"It must have 1 to {MaxConversation} messages, each with a text."),
        not PromptName.Summary when string.IsNullOrWhiteSpace(body.Question) => ConversationProblems.Invalid("question", "It is missing or empty: write what the student asks."),
        PromptName.Classifier when string.IsNullOrWhiteSpace(body.Expect?.Class) => ConversationProblems.Invalid("expect.class", "It is missing: write the class that the question belongs to."),
        PromptName.Classifier when !options.Value.Classes.ContainsKey(body.Expect.Class) => ConversationProblems.Invalid("expect.class", $"It must be one of {string.Join(", ", options.Value.Classes.Keys.Order(StringComparer.Ordinal))}."),
        _ => null,
    };

    public static bool IsId(string id) => Id().IsMatch(id);

    private string? Complaint(TutorPrompt prompt)
    {
        var name = PromptName.Of(prompt.Version);
        if (!PromptName.All.Contains(name))
        {
            return $"Its front matter must have 'name: ' and one of {string.Join(", ", PromptName.All)}.";
        }

        if (prompt.Text.Length == 0)
        {
            return "There is nothing below its front matter.";
        }

        if (prompt.Temperature is { } temperature && !(temperature is >= 0 and <= 2))
        {
            return "Its 'temperature' must be between 0 and 2.";
        }

        if (prompt.MaxOutputTokens is < 1 or > MaxOutput)
        {
            return $"Its 'max_output_tokens' must be between 1 and {MaxOutput}.";
        }

        return name == PromptName.Ladder && library.BuiltIn.Ladder.Sections.Except(prompt.Sections).FirstOrDefault() is { } missing
            ? $"It has no section '## {missing}'."
            : null;
    }

    private static ProblemHttpResult Invalid(string complaint) => ConversationProblems.Invalid("text", complaint);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,59}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
