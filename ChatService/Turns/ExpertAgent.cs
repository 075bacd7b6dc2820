using System.Text;
using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Tutor;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Turns;

/// <summary>What the expert told the tutor.</summary>
/// <param name="Text">The words.</param>
/// <param name="Model">The model that they came from, as it named itself.</param>
internal sealed record ExpertAdvice(string Text, string? Model);

/// <summary>
/// Asks another model for the technical facts before the tutor turns them into guidance, where an operator named one. A help, not a
/// need: an expert who is late or away is gone without.
/// </summary>
internal sealed partial class ExpertAgent(AnswerGrower grower, TutorPrompts prompts, IOptions<TutorOptions> options, TimeProvider time, ILogger<ExpertAgent> logger)
{
    public async Task<ExpertAdvice?> AskAsync(LiveTurn live, TutorContext context, Assignment? assignment, CancellationToken cancellationToken)
    {
        if (options.Value.ExpertModel is not { Length: > 0 } model)
        {
            return null;
        }

        var advice = new Answer(options.Value.MaxAnswerCharacters);
        var asked = new ChatOptions { ModelId = model, Temperature = prompts.Expert.Temperature, MaxOutputTokens = prompts.Expert.MaxOutputTokens }.For(live.Turn.Caller);
        using var late = new CancellationTokenSource(options.Value.ExpertTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await grower.GrowAsync(live, advice, Messages(context, assignment, live.Turn.Question), asked, show: false, either.Token);
            return new ExpertAdvice(NotebookText.Clean(advice.Text).Trim(), advice.Model);
        }
        catch (Exception failure) when (
            !cancellationToken.IsCancellationRequested
            && (failure is ModelException or OperationCanceledException || failure is TurnEndedException { Failure: var why } && why != TurnFailure.Lost))
        {
            LogWithout(logger, live.Turn.AnswerId, failure.GetType().Name);
            return null;
        }
    }

    private List<ChatMessage> Messages(TutorContext context, Assignment? assignment, string question)
    {
        StringBuilder text = new();
        if (assignment is { Description.Length: > 0 })
        {
            QuestionFormat.Fenced(text, "Assignment", TokenBudget.Cut(assignment.Description, options.Value.MaxAssignmentTokens).Text);
        }

        text.Append(QuestionFormat.Render(context, question));
        return [new ChatMessage(ChatRole.System, prompts.Expert.Text), new ChatMessage(ChatRole.User, text.ToString())];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Answer {Answer} goes on without the expert's advice: {Reason}")]
    private static partial void LogWithout(ILogger logger, Guid answer, string reason);
}
