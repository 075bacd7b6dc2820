using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Turns;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Prompts;

/// <summary>What a model is asked in a case, and what its answer is judged by.</summary>
/// <param name="Messages">The request.</param>
/// <param name="Options">How it is asked; cases are asked without chance.</param>
/// <param name="Judged">The case as far as it concerns the prompt.</param>
internal sealed record TrialRequest(IReadOnlyList<ChatMessage> Messages, ChatOptions Options, PromptCase Judged);

/// <summary>Makes requests of regression cases as turns make theirs.</summary>
internal sealed class TrialRequests(ContextComposer contexts, TutorRequests requests, IOptions<TutorOptions> options, TimeProvider time)
{
    private const int MaxSummaryWords = 200;

    /// <summary>Whether the case tries prompts of this name in this installation.</summary>
    public bool Concerns(PromptCase one, string name) => name switch
    {
        // An operator may have other classes.
        PromptName.Classifier => one.Prompt == name && one.Expect?.Class is { } expected && options.Value.Classes.ContainsKey(expected),
        PromptName.Summary => one.Prompt == name,
        _ => one.Prompt is null,
    };

    /// <summary>The classes that no case expects, where the name is the classifier's: an operator may have other classes than the built-in cases.</summary>
    public IReadOnlyList<string> Untried(string name, IEnumerable<PromptCase> cases) => name == PromptName.Classifier
        ? [.. options.Value.Classes.Keys.Except(cases.Where(one => Concerns(one, name)).Select(one => one.Expect!.Class!)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The model that is asked with prompts of this name.</summary>
    public string ModelFor(string name) => (name switch
    {
        PromptName.Expert => options.Value.ExpertModel,
        PromptName.Classifier => options.Value.ClassifierModel,
        PromptName.Summary => options.Value.SummaryModel,
        _ => null,
    }) is { Length: > 0 } own ? own : options.Value.Model;

    public TrialRequest For(CallerIdentity caller, PromptCase one, string name, TutorPrompts prompts)
    {
        var (messages, asked, judged) = name switch
        {
            PromptName.Classifier => OfClassifier(one, prompts),
            PromptName.Summary => OfSummary(one, prompts),
            _ => OfQuestion(one, name == PromptName.Expert, prompts),
        };
        asked.ModelId = ModelFor(name);
        asked.Temperature = 0;
        return new TrialRequest(messages, asked.For(caller), judged);
    }

    private (IReadOnlyList<ChatMessage>, ChatOptions, PromptCase) OfClassifier(PromptCase one, TutorPrompts prompts)
    {
        var (messages, asked) = QuestionSorter.Request(prompts.Classifier, ModelFor(PromptName.Classifier), options.Value.Classes, one.Question!);
        return (messages, asked, one with { Level = 4, Expect = one.Expect! with { AsksBack = false } });
    }

    private (IReadOnlyList<ChatMessage>, ChatOptions, PromptCase) OfSummary(PromptCase one, TutorPrompts prompts)
    {
        EarlierMessage[] said = [.. (one.Conversation ?? []).OfType<PromptCaseMessage>().Select((message, i) => new EarlierMessage(message.FromStudent, message.Text ?? "", TutorContext.None, i))];
        var (messages, asked) = HistorySummaries.Request(prompts.Summary, ModelFor(PromptName.Summary), one.Notes, said);
        var expect = one.Expect ?? new Expectations(null, null, null, null, null, null);
        return (messages, asked, one with { ShowCode = false, Expect = expect with { AsksBack = false, MaxWords = expect.MaxWords ?? MaxSummaryWords } });
    }

    private (IReadOnlyList<ChatMessage>, ChatOptions, PromptCase) OfQuestion(PromptCase one, bool isExpert, TutorPrompts prompts)
    {
        var context = contexts.From(new QuestionContext(
            null, null, one.Code, one.Language, one.Error is { Name.Length: > 0 } error ? new QuestionError(error.Name, error.Value, error.Traceback) : null));
        var assignment = one.Assignment is { } description
            ? new Assignment(Guid.Empty, "Exercise", "*", description, null, one.Solution, time.GetUtcNow(), time.GetUtcNow())
            : null;
        var setup = new TutorSetup(options.Value.Model, null, prompts, 0, TutorStrategy.Plain, null, []);
        var policy = HelpPolicy.Default with { ShowCode = one.ShowCode ?? true };
        if (!isExpert)
        {
            return (
                requests.Request(setup, EarlierMessages.None, context, one.Question!, new Help(assignment, policy, []), one.Level ?? 2, QuestionStudy.None).Messages,
                new ChatOptions { MaxOutputTokens = prompts.Tutor.MaxOutputTokens },
                one);
        }

        // The expert speaks to the tutor: only what it may never say counts, and that it sees the cause.
        return (
            requests.ForExpert(setup, context, assignment, null, one.Question!),
            new ChatOptions { MaxOutputTokens = prompts.Expert.MaxOutputTokens },
            one with { ShowCode = true, Level = 4, Expect = one.Expect is { } expect ? expect with { TooSoon = null, AsksBack = false, AnswerLanguage = null } : null });
    }
}
