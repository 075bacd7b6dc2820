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
/// <param name="Setup">What the tutor is in this turn.</param>
/// <param name="Options">How the model is asked.</param>
/// <param name="Guard">What the answer is kept within.</param>
/// <param name="Reply">The answer, where none is asked of a model; null to ask it.</param>
internal sealed record TurnPlan(IReadOnlyList<ChatMessage> Messages, TutorSetup Setup, ChatOptions Options, AnswerGuard Guard, string? Reply)
{
    /// <summary>Done once it is on record; nothing of the answer is shown before.</summary>
    public Task Recorded { get; init; } = Task.CompletedTask;
}

/// <summary>Decides what a turn is: finds what belongs to the question and what help is allowed, and has both stored while the model is asked.</summary>
internal sealed class TurnPlanner(
    ContextComposer contexts,
    TurnGroundsReader grounds,
    TutorSetups setups,
    HintLadder ladder,
    QuestionStudies studies,
    TutorRequests requests,
    Toolbox toolbox,
    AnswerStore answers,
    AnswerGuards guards,
    TurnEvents events,
    IOptions<TutorOptions> options)
{
    private const string ReportCommand = "/report";

    public async Task<TurnPlan> PlanAsync(LiveTurn live, CancellationToken cancellationToken)
    {
        var turn = live.Turn;
        var before = turn.IsFirst ? Task.FromResult(EarlierMessages.None) : answers.EarlierAsync(turn.SessionId, turn.QuestionId, cancellationToken);
        var isCommand = turn.Question.Trim().Equals(ReportCommand, StringComparison.OrdinalIgnoreCase);
        var asked = turn.IsRetry ? turn.Context : turn.Context with { NotebookPath = turn.Context.NotebookPath ?? turn.NotebookPath };
        // What does not hang on one another is asked for at once.
        var begun = live.TakeGrounds();
        var completed = turn.IsRetry ? Task.FromResult(asked) : begun?.Context?.WaitAsync(cancellationToken) ?? contexts.CompleteAsync(turn.Caller, asked, cancellationToken);
        var (ofCourse, courseSetup, profile, known) = begun ?? await grounds.ReadAsync(turn, cancellationToken);
        var early = asked.NotebookPath is null || isCommand ? null : ToolsAsync(turn, asked, ofCourse.For(asked.NotebookPath), cancellationToken);
        var context = await completed;
        var help = ofCourse.For(context.NotebookPath);
        var setup = await setups.ForAsync(courseSetup, turn.Caller, help.Assignment?.Id, cancellationToken);
        help = help with { Policy = help.Policy with { MaxHintLevel = Math.Min(help.Policy.MaxHintLevel, setup.MaxHintLevel ?? help.Policy.MaxHintLevel) } };
        var earlier = await before;
        var errorKey = isCommand ? null : HintLadder.ErrorKey(turn.Caller.Subject, context, turn.Question);
        var reply = help.Policy.Lockdown ? ExamRule.Closed : isCommand ? profile.Report() : null;
        var found = early ?? (isCommand ? Task.FromResult<IReadOnlyList<Tool>>([]) : ToolsAsync(turn, context, help, cancellationToken));
        var times = errorKey == known.Key ? known.Times : await ladder.AskedAsync(errorKey, turn.QuestionId, cancellationToken);
        var level = Math.Min(times, help.Policy.MaxHintLevel);
        var study = isCommand
            ? QuestionStudy.None with { Profile = profile }
            : await studies.StudyAsync(live, setup, context, help, earlier, profile, cancellationToken);

        var question = new QuestionFacts(context, errorKey, study, isCommand);
        var tools = await found;
        var request = requests.Request(setup, earlier, context, turn.Question, help, level, study);
        request = request with { Messages = Toolbox.Explain(request.Messages, tools) };
        var record = Record(turn, setup, help, request, study, level, times, earlier.Total, asksModel: reply is null) with { Tools = [.. tools.Select(tool => tool.Key)] };
        var guard = await guards.ForAsync(turn, help, context.Code, earlier, cancellationToken);
        var recorded = answers.SetPlanAsync(turn, question, record, cancellationToken);
        events.Asked(turn, question, record);
        var how = setup.OptionsFor(turn.Caller);
        return new TurnPlan(request.Messages, setup, tools.Count == 0 ? how : how.With(new ToolRun(turn.AnswerId, turn.Caller, tools, guard, live.Tell)), guard, reply) { Recorded = recorded };
    }

    /// <summary>The tools for a question; none while an exam is on.</summary>
    private Task<IReadOnlyList<Tool>> ToolsAsync(Turn turn, TutorContext context, Help help, CancellationToken cancellationToken) => help.Policy.Lockdown
        ? Task.FromResult<IReadOnlyList<Tool>>([])
        : toolbox.FindAsync(new ToolRequest(turn.Caller, turn.Question, context.NotebookPath) { KernelId = context.KernelId }, help.Policy.Tools, cancellationToken);

    private TurnRecord Record(Turn turn, TutorSetup setup, Help help, TutorRequest request, QuestionStudy study, int level, int times, int total, bool asksModel)
    {
        var how = setup.OptionsFor(turn.Caller);
        var history = request.History;
        return new TurnRecord(
            how.ModelId!,
            how.Temperature,
            how.MaxOutputTokens,
            setup.PromptVersions,
            help.Assignment?.Id,
            help.Policy,
            level,
            times,
            study.Sorted.Class,
            asksModel ? request.Sources : [],
            new HistoryRecord(total, history.Kept.Count, history.LeftOut, options.Value.MaxHistoryTokens, history.Tokens, study.Summary?.Text, study.Summary?.Model),
            asksModel ? [.. request.Messages.Select(message => new RecordedMessage(message.Role.Value, message.Text))] : [])
        {
            ClassifiedBy = study.Sorted.By,
            Objective = study.Objective,
            Strategy = setup.Strategy,
            // Nobody was exposed to what no model was asked.
            Experiments = asksModel ? setup.Exposures : [],
        };
    }
}

/// <summary>What is known of a question once it has been looked at.</summary>
/// <param name="Context">What is shown beside it.</param>
/// <param name="ErrorKey">What it has in common with others about the same error; null when it is about none.</param>
/// <param name="Study">What was found out about it.</param>
/// <param name="IsCommand">Whether it is a command to the tutor, and no question.</param>
internal sealed record QuestionFacts(TutorContext Context, string? ErrorKey, QuestionStudy Study, bool IsCommand);
