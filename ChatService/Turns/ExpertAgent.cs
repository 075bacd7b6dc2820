using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Objectives;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Tutor;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Turns;

/// <summary>What the expert told the tutor.</summary>
/// <param name="Text">The words.</param>
/// <param name="Model">The model that they came from, as it named itself.</param>
internal sealed record ExpertAdvice(string Text, string? Model);

/// <summary>
/// Asks another model for the technical facts before the tutor turns them into guidance, where an operator or an experiment named
/// one. A help, not a need: an expert who is late or away is gone without.
/// </summary>
internal sealed partial class ExpertAgent(AnswerGrower grower, TutorRequests requests, IOptions<TutorOptions> options, TimeProvider time, ILogger<ExpertAgent> logger)
{
    public async Task<ExpertAdvice?> AskAsync(
        LiveTurn live, TutorSetup setup, TutorContext context, Assignment? assignment, ObjectiveMatch? objective, CancellationToken cancellationToken)
    {
        if (setup.ExpertModel is null)
        {
            return null;
        }

        var advice = new Answer(options.Value.MaxAnswerCharacters);
        using var late = new CancellationTokenSource(options.Value.ExpertTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var messages = requests.ForExpert(setup, context, assignment, objective, live.Turn.Question);
            await grower.GrowAsync(live, advice, messages, setup.ExpertOptionsFor(live.Turn.Caller), showOnce: null, either.Token);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Answer {Answer} goes on without the expert's advice: {Reason}")]
    private static partial void LogWithout(ILogger logger, Guid answer, string reason);
}
