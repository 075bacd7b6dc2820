using Lyceum.ChatService.Tutor;

namespace Lyceum.ChatService.Prompts;

/// <summary>The prompts that come with the service, and those that a course has of its own.</summary>
internal sealed class PromptLibrary(PromptStore store)
{
    /// <summary>What is told where a course says nothing.</summary>
    public TutorPrompts BuiltIn { get; } = new(
        TutorPrompt.Load(PromptName.Tutor),
        TutorPrompt.Load(PromptName.Ladder),
        TutorPrompt.Load(PromptName.Expert),
        TutorPrompt.Load(PromptName.Classifier),
        TutorPrompt.Load(PromptName.Summary));

    /// <summary>What the course's turns are told.</summary>
    public async Task<TutorPrompts> InUseAsync(string course, CancellationToken cancellationToken) =>
        InUse(await store.InUseAsync(course, cancellationToken));

    /// <summary>The same of texts that were read.</summary>
    public TutorPrompts InUse(IEnumerable<string> texts) => texts.Select(TutorPrompt.Parse).Aggregate(BuiltIn, With);

    /// <summary>A version that may be used; null when the course has no such one, or it is a draft.</summary>
    public async Task<TutorPrompt?> FindPublishedAsync(string course, string version, CancellationToken cancellationToken) =>
        Find(version) ?? (await store.FindAsync(course, version, cancellationToken) is { Status: "published", Text: { } text } ? TutorPrompt.Parse(text) : null);

    /// <summary>A built-in version; null for any other.</summary>
    public TutorPrompt? Find(string version) => BuiltIn.All.FirstOrDefault(prompt => prompt.Version == version);

    /// <summary>The same with one of them replaced.</summary>
    public static TutorPrompts With(TutorPrompts prompts, TutorPrompt other) => PromptName.Of(other.Version) switch
    {
        PromptName.Tutor => prompts with { Tutor = other },
        PromptName.Ladder => prompts with { Ladder = other },
        PromptName.Expert => prompts with { Expert = other },
        PromptName.Classifier => prompts with { Classifier = other },
        PromptName.Summary => prompts with { Summary = other },
        _ => prompts,
    };
}
