using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Guard;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Records;
using Lyceum.ChatService.Tools;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Exams;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Turns;

/// <summary>Goes on with turns that waited for approval, in whichever process: from what is on record, under the policy that holds now.</summary>
internal sealed class WaitedTurns(
    TurnRecordStore records, ToolCallStore calls, HelpFinder helps, TutorSetups setups, Toolbox toolbox, AnswerStore answers, AnswerGuards guards, IOptions<TutorOptions> options)
{
    public async Task<TurnPlan> PlanAsync(LiveTurn live, CancellationToken cancellationToken)
    {
        var turn = live.Turn;
        var record = (await records.FindAsync(turn.Caller.Course, turn.AnswerId, cancellationToken))?.Record ?? throw new TurnEndedException(TurnFailure.Lost);
        var path = turn.Context.NotebookPath ?? turn.NotebookPath;
        var help = await helps.FindAsync(turn.Caller.Course, path, cancellationToken);
        // What an instructor has taken back meanwhile is not there any more, approved or not.
        var tools = help.Policy.Lockdown ? [] : await toolbox.FindAsync(new ToolRequest(turn.Caller, turn.Question, path) { KernelId = turn.Context.KernelId }, help.Policy.Tools, cancellationToken);
        var earlier = await answers.EarlierAsync(turn.SessionId, turn.QuestionId, cancellationToken);
        var guard = await guards.ForAsync(turn, help, turn.Context.Code, earlier, cancellationToken);
        var setup = await setups.ForAsync(turn.Caller, help.Assignment?.Id, cancellationToken);
        var how = new ChatOptions { ModelId = record.Model, Temperature = record.Temperature, MaxOutputTokens = record.MaxOutputTokens }
            .For(turn.Caller)
            .With(new ToolRun(turn.AnswerId, turn.Caller, tools, guard, live.Tell, Resumes: true, (turn.Begun?.InputTokens ?? 0) + (turn.Begun?.OutputTokens ?? 0)));
        return new TurnPlan([.. record.Messages.Select(message => new ChatMessage(new ChatRole(message.Role), message.Content))], setup, how, guard, help.Policy.Lockdown ? ExamRule.Closed : null);
    }

    /// <summary>The answer as far as it is written, seen or not.</summary>
    public async Task<Answer> AnswerAsync(Turn turn, CancellationToken cancellationToken)
    {
        var steps = await calls.StepsAsync(turn.AnswerId, cancellationToken);
        return Answer.Of(turn.Begun!, string.Join("\n\n", steps.Select(step => step.Text).Where(text => text.Length > 0)), options.Value.MaxAnswerCharacters);
    }
}
