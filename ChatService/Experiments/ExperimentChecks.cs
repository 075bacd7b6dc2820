using System.Text.RegularExpressions;
using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Prompts;
using Lyceum.ChatService.Tutor;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.Experiments;

/// <summary>Checks what instructors write of an experiment; every complaint names its field.</summary>
internal sealed partial class ExperimentChecks(PromptLibrary prompts)
{
    private const int MaxName = 100;
    private const int MaxDescription = 4_000;
    private const int MaxModel = 200;
    private const int MaxArms = 10;
    private const int MaxWeight = 100;

    public async Task<ProblemHttpResult?> CheckAsync(string course, ExperimentBody body, CancellationToken cancellationToken)
    {
        if (NotebookText.Line(body.Name ?? "").Length is 0 or > MaxName)
        {
            return ConversationProblems.Invalid("name", $"It must be a line of 1 to {MaxName} characters.");
        }

        if (body.Description?.Length > MaxDescription || body.Description?.Contains('\0', StringComparison.Ordinal) is true)
        {
            return ConversationProblems.Invalid("description", $"It must be text of at most {MaxDescription} characters.");
        }

        if (!Word().IsMatch(body.Layer ?? "default"))
        {
            return ConversationProblems.Invalid("layer", "It must be 1 to 60 letters, digits, '-' or '_'.");
        }

        if (body.Share is { } share && !(share is >= 0.001 and <= 1))
        {
            return ConversationProblems.Invalid("share", "It must be between 0.001 and 1.");
        }

        if (!Stratification.IsKnown(body.Stratify ?? Stratification.None))
        {
            return ConversationProblems.Invalid("stratify", $"It must be '{Stratification.None}', '{Stratification.Assignment}' or '{Stratification.Experience}'.");
        }

        if (body.Arms is not { Count: >= 2 and <= MaxArms } arms || arms.Contains(null!))
        {
            return ConversationProblems.Invalid("arms", $"There must be 2 to {MaxArms} of them; one that changes nothing is the control.");
        }

        if (arms.Select(arm => arm.Name).Distinct(StringComparer.Ordinal).Count() < arms.Count)
        {
            return ConversationProblems.Invalid("arms", "Two of them have one name.");
        }

        for (var i = 0; i < arms.Count; i++)
        {
            if (await CheckAsync(course, $"arms[{i}]", arms[i], cancellationToken) is { } complaint)
            {
                return complaint;
            }
        }

        return null;
    }

    private async Task<ProblemHttpResult?> CheckAsync(string course, string field, ExperimentArm arm, CancellationToken cancellationToken)
    {
        if (!Word().IsMatch(arm.Name ?? ""))
        {
            return ConversationProblems.Invalid($"{field}.name", "It must be 1 to 60 letters, digits, '-' or '_'.");
        }

        if (arm.Weight is < 1 or > MaxWeight)
        {
            return ConversationProblems.Invalid($"{field}.weight", $"It must be between 1 and {MaxWeight}.");
        }

        if (arm.Model is { } model && (string.IsNullOrWhiteSpace(model) || model.Length > MaxModel))
        {
            return ConversationProblems.Invalid($"{field}.model", $"It must be a model's name of at most {MaxModel} characters.");
        }

        if (arm.ExpertModel?.Length > MaxModel)
        {
            return ConversationProblems.Invalid($"{field}.expert_model", $"It must be a model's name of at most {MaxModel} characters, or empty for none.");
        }

        if (arm.Temperature is { } temperature && !(temperature is >= 0 and <= 2))
        {
            return ConversationProblems.Invalid($"{field}.temperature", "It must be between 0 and 2.");
        }

        if (arm.Strategy is { } strategy && !TutorStrategy.IsKnown(strategy))
        {
            return ConversationProblems.Invalid($"{field}.strategy", $"It must be '{TutorStrategy.Plain}' or '{TutorStrategy.EnhancedGuidance}'.");
        }

        if (arm.MaxHintLevel is < AssignmentChecks.MinLevel or > AssignmentChecks.MaxLevel)
        {
            return ConversationProblems.Invalid($"{field}.max_hint_level", $"It must be between {AssignmentChecks.MinLevel} and {AssignmentChecks.MaxLevel}.");
        }

        return await CheckPromptsAsync(course, $"{field}.prompts", arm.Prompts ?? [], cancellationToken);
    }

    private async Task<ProblemHttpResult?> CheckPromptsAsync(string course, string field, IReadOnlyList<string> versions, CancellationToken cancellationToken)
    {
        foreach (var version in versions)
        {
            if (await prompts.FindPublishedAsync(course, version ?? "", cancellationToken) is null)
            {
                return ConversationProblems.Invalid(field, $"There is no published prompt '{version}' in this course.");
            }
        }

        return versions.Select(PromptName.Of).Distinct(StringComparer.Ordinal).Count() < versions.Count
            ? ConversationProblems.Invalid(field, "Two of them have one name.")
            : null;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,60}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
