using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Tutor;
using Lyceum.ChatService.Turns;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Prompts;

/// <summary>Lets a model answer the regression cases with a draft and with the prompt that it would replace, and compares by rule.</summary>
internal sealed class PromptTrials(
    IChatClient model, PromptLibrary library, PromptCases cases, ContextComposer contexts, TutorRequests requests, IOptions<TutorOptions> options, TimeProvider time)
{
    private const int AtOnce = 4;
    private const int MaxAnswer = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(9);

    /// <exception cref="ModelException">The model did not answer, or not all cases in nine minutes.</exception>
    public async Task<PromptReport> RunAsync(CallerIdentity caller, string course, TutorPrompt draft, CancellationToken cancellationToken)
    {
        var before = await library.InUseAsync(course, cancellationToken);
        var after = PromptLibrary.With(before, draft);
        var all = await cases.ListAsync(course, cancellationToken);
        using var room = new SemaphoreSlim(AtOnce);
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        PromptCaseResult[] results;
        try
        {
            results = await Task.WhenAll(all.Select(one => JudgeAsync(caller, one, draft, before, after, room, either.Token)));
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ModelException(ModelFailure.TimedOut, $"its {all.Count} cases took longer than {Patience.TotalMinutes:F0} minutes");
        }

        return new PromptReport(results.All(result => result.Passed), ModelFor(draft), Replaced(before, draft).Version, time.GetUtcNow(), results);
    }

    private async Task<PromptCaseResult> JudgeAsync(
        CallerIdentity caller, PromptCase one, TutorPrompt draft, TutorPrompts before, TutorPrompts after, SemaphoreSlim room, CancellationToken cancellationToken)
    {
        await room.WaitAsync(cancellationToken);
        try
        {
            var (answer, broken) = await AnswerAsync(caller, one, draft, after, cancellationToken);
            var (_, brokenBefore) = broken.Any(rule => !AnswerRules.IsAbsolute(rule.Rule)) ? await AnswerAsync(caller, one, draft, before, cancellationToken) : ("", []);
            string[] known = [.. brokenBefore.Select(rule => rule.Rule)];
            var passed = broken.All(rule => !AnswerRules.IsAbsolute(rule.Rule) && known.Contains(rule.Rule));
            return new PromptCaseResult(one.Id!, passed, NotebookText.Start(answer, MaxAnswer), broken, known);
        }
        finally
        {
            room.Release();
        }
    }

    private async Task<(string Answer, IReadOnlyList<BrokenRule> Broken)> AnswerAsync(
        CallerIdentity caller, PromptCase one, TutorPrompt draft, TutorPrompts prompts, CancellationToken cancellationToken)
    {
        var context = contexts.From(new QuestionContext(
            null, null, one.Code, one.Language, one.Error is { Name.Length: > 0 } error ? new QuestionError(error.Name, error.Value, error.Traceback) : null));
        var assignment = one.Assignment is { } description
            ? new Assignment(Guid.Empty, "Exercise", "*", description, null, one.Solution, time.GetUtcNow(), time.GetUtcNow())
            : null;
        var isExpert = PromptName.Of(draft.Version) == PromptName.Expert;
        var setup = new TutorSetup(options.Value.Model, null, prompts, 0, TutorStrategy.Plain, null, []);
        var policy = HelpPolicy.Default with { ShowCode = one.ShowCode ?? true };
        IReadOnlyList<ChatMessage> messages = isExpert
            ? requests.ForExpert(setup, context, assignment, null, one.Question!)
            : requests.Request(setup, EarlierMessages.None, context, one.Question!, new Help(assignment, policy, []), one.Level ?? 2, QuestionStudy.None).Messages;
        var asked = isExpert ? setup.ExpertOptionsFor(caller) : setup.OptionsFor(caller);
        asked.ModelId = ModelFor(draft);
        asked.Temperature = 0;
        var response = await model.GetResponseAsync(messages, asked, cancellationToken);
        // The expert speaks to the tutor: only what it may never say counts, and that it sees the cause.
        var judged = isExpert ? one with { ShowCode = true, Level = 4, Expect = one.Expect is { } expect ? expect with { TooSoon = null, AsksBack = false, AnswerLanguage = null } : null } : one;
        return (response.Text, AnswerRules.Broken(judged, messages[0].Text, response.Text));
    }

    private string ModelFor(TutorPrompt draft) =>
        PromptName.Of(draft.Version) == PromptName.Expert && options.Value.ExpertModel is { Length: > 0 } expert ? expert : options.Value.Model;

    private static TutorPrompt Replaced(TutorPrompts prompts, TutorPrompt draft) => PromptName.Of(draft.Version) switch
    {
        PromptName.Ladder => prompts.Ladder,
        PromptName.Expert => prompts.Expert,
        _ => prompts.Tutor,
    };
}
