using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Guard;
using Lyceum.ChatService.Records;
using Lyceum.ChatService.Tools;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Exams;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Turns;

/// <summary>What is to be done for a turn.</summary>
/// <param name="Messages">What the model is asked; empty when it is not.</param>
/// <param name="Options">How it is asked.</param>
/// <param name="Guard">What the answer is kept within.</param>
/// <param name="Reply">The answer, where the policy decides on it; null to ask the model.</param>
internal sealed record TurnPlan(IReadOnlyList<ChatMessage> Messages, ChatOptions Options, AnswerGuard Guard, string? Reply);

/// <summary>Decides what a turn is: finds what belongs to the question, what help is allowed, and stores both before the model is asked.</summary>
internal sealed class TurnPlanner(
    ContextComposer contexts,
    HelpFinder helps,
    HintLadder ladder,
    ExpertAgent expert,
    TutorRequests requests,
    Toolbox toolbox,
    AnswerStore answers,
    TurnEvents events,
    IOptions<TutorOptions> options)
{
    public async Task<TurnPlan> PlanAsync(LiveTurn live, CancellationToken cancellationToken)
    {
        var turn = live.Turn;
        var context = turn.IsRetry
            ? turn.Context
            : await contexts.CompleteAsync(turn.Caller, turn.Context with { NotebookPath = turn.Context.NotebookPath ?? turn.NotebookPath }, cancellationToken);
        var help = await helps.FindAsync(turn.Caller.Course, context.NotebookPath, cancellationToken);
        var earlier = turn.IsFirst ? EarlierMessages.None : await answers.EarlierAsync(turn.SessionId, turn.QuestionId, cancellationToken);
        var question = new QuestionFacts(context, HintLadder.ErrorKey(turn.Caller.Subject, context, turn.Question), QuestionClassifier.Classify(turn.Question));
        var asked = await ladder.AskedAsync(question.ErrorKey, turn.QuestionId, cancellationToken);
        var level = Math.Min(asked, help.Policy.MaxHintLevel);

        var advice = help.Policy.Lockdown ? null : await expert.AskAsync(live, context, help.Assignment, cancellationToken);
        var tools = help.Policy.Lockdown ? [] : await toolbox.FindAsync(new ToolRequest(turn.Caller, turn.Question, context.NotebookPath) { KernelId = context.KernelId }, help.Policy.Tools, cancellationToken);
        var request = requests.Request(earlier, context, turn.Question, help, level, advice);
        request = request with { Messages = Toolbox.Explain(request.Messages, tools) };
        var record = Record(turn, help, request, level, asked, question.Class, earlier.Total) with { Tools = [.. tools.Select(tool => tool.Key)] };
        await answers.SetPlanAsync(turn, question, record, cancellationToken);
        events.Asked(turn, question, help.Assignment?.Id, level);
        var guard = new AnswerGuard(
            help,
            context.Code,
            [.. earlier.Newest.Where(message => !message.IsQuestion).Select(message => message.Content)],
            options.Value.MaxSolutionShare);
        var how = requests.OptionsFor(turn.Caller);
        return new TurnPlan(
            request.Messages, tools.Count == 0 ? how : how.With(new ToolRun(turn.AnswerId, turn.Caller, tools)), guard, help.Policy.Lockdown ? ExamRule.Closed : null);
    }

    private TurnRecord Record(Turn turn, Help help, TutorRequest request, int level, int asked, string questionClass, int total)
    {
        var asksModel = !help.Policy.Lockdown;
        var how = requests.OptionsFor(turn.Caller);
        return new TurnRecord(
            how.ModelId!,
            how.Temperature,
            how.MaxOutputTokens,
            requests.PromptVersions,
            help.Assignment?.Id,
            help.Policy,
            level,
            asked,
            questionClass,
            asksModel ? request.Sources : [],
            new HistoryRecord(total, request.History.Kept.Count, request.History.LeftOut, options.Value.MaxHistoryTokens, request.History.Tokens),
            asksModel ? [.. request.Messages.Select(message => new RecordedMessage(message.Role.Value, message.Text))] : []);
    }
}

/// <summary>What is known of a question once it has been looked at.</summary>
/// <param name="Context">What is shown beside it.</param>
/// <param name="ErrorKey">What it has in common with others about the same error; null when it is about none.</param>
/// <param name="Class">One of <see cref="QuestionClass"/>.</param>
internal sealed record QuestionFacts(TutorContext Context, string? ErrorKey, string Class);
