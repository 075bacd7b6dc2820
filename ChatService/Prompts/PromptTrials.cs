using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;

namespace Lyceum.ChatService.Prompts;

/// <summary>Lets a model answer the regression cases with a draft and with the prompt that it would replace, and compares by rule.</summary>
internal sealed class PromptTrials(IChatClient model, PromptLibrary library, PromptCases cases, TrialRequests requests, TimeProvider time)
{
    private const int AtOnce = 4;
    private const int MaxAnswer = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(9);

    /// <summary>The classes of questions that a classifier would be published without a case for; none for other prompts.</summary>
    public async Task<IReadOnlyList<string>> UntriedAsync(string course, string name, CancellationToken cancellationToken) =>
        requests.Untried(name, await cases.ListAsync(course, cancellationToken));

    /// <exception cref="ModelException">The model did not answer, or not all cases in nine minutes.</exception>
    public async Task<PromptReport> RunAsync(CallerIdentity caller, string course, TutorPrompt draft, CancellationToken cancellationToken)
    {
        var before = await library.InUseAsync(course, cancellationToken);
        var after = PromptLibrary.With(before, draft);
        var name = PromptName.Of(draft.Version);
        PromptCase[] all = [.. (await cases.ListAsync(course, cancellationToken)).Where(one => requests.Concerns(one, name))];
        using var room = new SemaphoreSlim(AtOnce);
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        PromptCaseResult[] results;
        try
        {
            results = await Task.WhenAll(all.Select(one => JudgeAsync(caller, one, name, before, after, room, either.Token)));
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ModelException(ModelFailure.TimedOut, $"its {all.Length} cases took longer than {Patience.TotalMinutes:F0} minutes");
        }

        return new PromptReport(results.All(result => result.Passed), requests.ModelFor(name), before.Of(name).Version, time.GetUtcNow(), results);
    }

    private async Task<PromptCaseResult> JudgeAsync(
        CallerIdentity caller, PromptCase one, string name, TutorPrompts before, TutorPrompts after, SemaphoreSlim room, CancellationToken cancellationToken)
    {
        await room.WaitAsync(cancellationToken);
        try
        {
            var (answer, broken) = await AnswerAsync(caller, one, name, after, cancellationToken);
            var (_, brokenBefore) = broken.Any(rule => !AnswerRules.IsAbsolute(rule.Rule)) ? await AnswerAsync(caller, one, name, before, cancellationToken) : ("", []);
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
        CallerIdentity caller, PromptCase one, string name, TutorPrompts prompts, CancellationToken cancellationToken)
    {
        var (messages, asked, judged) = requests.For(caller, one, name, prompts);
        var response = await model.GetResponseAsync(messages, asked, cancellationToken);
        return (response.Text, AnswerRules.Broken(judged, messages[0].Text, response.Text));
    }
}
