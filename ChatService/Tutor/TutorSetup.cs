using Lyceum.ChatService.Experiments;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Prompts;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;

namespace Lyceum.ChatService.Tutor;

/// <summary>The instructions of all who take part in a turn.</summary>
/// <param name="Tutor">What the tutor is told.</param>
/// <param name="Ladder">What the hint ladder, the policy and the student's way of asking add to it.</param>
/// <param name="Expert">What the expert is told.</param>
/// <param name="Classifier">What the model is told that sorts questions.</param>
/// <param name="Summary">What the model is told that keeps the notes on a long conversation.</param>
internal sealed record TutorPrompts(TutorPrompt Tutor, TutorPrompt Ladder, TutorPrompt Expert, TutorPrompt Classifier, TutorPrompt Summary)
{
    public IReadOnlyList<TutorPrompt> All => [Tutor, Ladder, Expert, Classifier, Summary];

    public TutorPrompt Of(string name) => All.First(prompt => PromptName.Of(prompt.Version) == name);
}

/// <summary>How a turn is answered, once the operator's settings, the course's prompts and the experiments have had their say.</summary>
/// <param name="Model">The tutor's model.</param>
/// <param name="ExpertModel">The expert's; null for no expert.</param>
/// <param name="Prompts">The instructions.</param>
/// <param name="Temperature">How freely the tutor may choose its words; null for the model's own setting.</param>
/// <param name="Strategy">One of <see cref="TutorStrategy"/>.</param>
/// <param name="MaxHintLevel">What an experiment lowers the policy's highest hint level to; null for nothing.</param>
/// <param name="Exposures">The experiments that the student takes part in with this turn.</param>
internal sealed record TutorSetup(
    string Model, string? ExpertModel, TutorPrompts Prompts, float? Temperature, string Strategy, int? MaxHintLevel, IReadOnlyList<Exposure> Exposures)
{
    /// <summary>The model that sorts questions; null for rules.</summary>
    public string? ClassifierModel { get; init; }

    /// <summary>The model that keeps the notes on a long conversation; null for none.</summary>
    public string? SummaryModel { get; init; }

    /// <summary>The prompts that models are asked with, the tutor's first.</summary>
    public IReadOnlyList<string> PromptVersions =>
    [
        Prompts.Tutor.Version,
        Prompts.Ladder.Version,
        .. ExpertModel is null ? (string[])[] : [Prompts.Expert.Version],
        .. ClassifierModel is null ? (string[])[] : [Prompts.Classifier.Version],
        .. SummaryModel is null ? (string[])[] : [Prompts.Summary.Version],
    ];

    public ChatOptions OptionsFor(CallerIdentity caller) => new ChatOptions
    {
        ModelId = Model,
        Temperature = Temperature,
        MaxOutputTokens = Prompts.Tutor.MaxOutputTokens,
    }.For(caller);

    public ChatOptions ExpertOptionsFor(CallerIdentity caller) => new ChatOptions
    {
        ModelId = ExpertModel,
        Temperature = Prompts.Expert.Temperature,
        MaxOutputTokens = Prompts.Expert.MaxOutputTokens,
    }.For(caller);
}

/// <summary>What the tutor makes of how a student asks.</summary>
internal static class TutorStrategy
{
    /// <summary>Nothing.</summary>
    public const string Plain = "plain";

    /// <summary>Praises the turn to questions that aim at understanding, and becomes firmer with each in a row that does not (JELAI's strategy of this name).</summary>
    public const string EnhancedGuidance = "enhanced_guidance";

    public static bool IsKnown(string? name) => name is Plain or EnhancedGuidance;
}
