using System.Text.Json;
using Lyceum.ChatService.Records;
using Lyceum.ServiceDefaults.LearningEvents;

namespace Lyceum.ChatService.Turns;

/// <summary>Tells TelemetryIngest of questions and answers, by pseudonym and without their text.</summary>
internal sealed class TurnEvents(LearningEventSender sender, ChatMetrics metrics, TimeProvider time)
{
    public void Asked(Turn turn, QuestionFacts question, TurnRecord record)
    {
        if (!turn.IsRetry)
        {
            Send(turn, "TutorQuestion", JsonSerializer.SerializeToElement(
                new QuestionAsked(
                    turn.SessionId,
                    turn.Question.Length,
                    question.Context.Error is not null,
                    question.Study.Sorted.Class,
                    question.Study.Objective?.Text,
                    record.HintLevel,
                    record.AssignmentId),
                ChatJson.Default.QuestionAsked));
        }

        foreach (var exposure in record.Experiments ?? [])
        {
            Send(turn, "TutorExposure", JsonSerializer.SerializeToElement(
                new TutorExposure(
                    turn.SessionId,
                    turn.AnswerId,
                    exposure.Experiment,
                    exposure.Arm,
                    exposure.Stratum,
                    record.Prompts,
                    record.Model,
                    record.Temperature,
                    record.MaxOutputTokens,
                    record.Strategy,
                    record.HintLevel),
                ChatJson.Default.TutorExposure));
        }
    }

    public void Ended(Turn turn, Answer answer, string outcome, TimeSpan duration)
    {
        metrics.TurnEnded(outcome);
        Send(turn, "TutorAnswer", JsonSerializer.SerializeToElement(
            new QuestionAnswered(turn.SessionId, answer.Model, (long)duration.TotalMilliseconds, outcome),
            ChatJson.Default.QuestionAnswered));
    }

    private void Send(Turn turn, string type, JsonElement detail) => sender.TrySend(new LearningEvent
    {
        Id = Guid.CreateVersion7(time.GetUtcNow()),
        Time = time.GetUtcNow(),
        Type = type,
        Course = turn.Caller.Course,
        Learner = turn.Caller.Learner,
        Notebook = turn.Context.NotebookPath ?? turn.NotebookPath,
        Cell = turn.Context.CellId,
        Detail = detail,
    });
}

/// <summary>The detail of the learning event <c>TutorQuestion</c> (docs/architecture.md).</summary>
/// <param name="Conversation">The conversation's id.</param>
/// <param name="TextLength">How long the question is, in UTF-16 units.</param>
/// <param name="AboutError">Whether the tutor was shown an error with it.</param>
/// <param name="Class"><c>instrumental</c>, <c>executive</c>, <c>other</c>, or what an operator set in their place.</param>
/// <param name="Objective">The learning objective that it is about, in the instructor's words; null for none.</param>
/// <param name="HintLevel">How far up the hint ladder the answer might go, 1 to 4.</param>
/// <param name="Assignment">The assignment's id; null when the notebook belongs to none.</param>
internal sealed record QuestionAsked(Guid Conversation, int TextLength, bool AboutError, string Class, string? Objective, int HintLevel, Guid? Assignment);

/// <summary>The detail of the learning event <c>TutorExposure</c>: a turn was part of an experiment (docs/architecture.md).</summary>
/// <param name="Conversation">The conversation's id.</param>
/// <param name="Answer">The answer's id.</param>
/// <param name="Experiment">The experiment's id.</param>
/// <param name="Arm">The arm's name.</param>
/// <param name="Stratum">Within what it was drawn.</param>
/// <param name="Prompts">The prompts of the turn, by name and SHA-256.</param>
/// <param name="Model">The tutor's model, as it was asked for.</param>
/// <param name="Temperature">How freely it might choose its words; null for its own setting.</param>
/// <param name="MaxOutputTokens">How long its answer might become; null for its own setting.</param>
/// <param name="Strategy">What the tutor was to make of how the student asks.</param>
/// <param name="HintLevel">How far up the hint ladder the answer might go.</param>
internal sealed record TutorExposure(
    Guid Conversation,
    Guid Answer,
    Guid Experiment,
    string Arm,
    string Stratum,
    IReadOnlyList<string> Prompts,
    string Model,
    float? Temperature,
    int? MaxOutputTokens,
    string? Strategy,
    int HintLevel);

/// <summary>The detail of the learning event <c>TutorAnswer</c> (docs/architecture.md).</summary>
/// <param name="Conversation">The conversation's id.</param>
/// <param name="Model">The model that answered; null when none did.</param>
/// <param name="DurationMs">Milliseconds from the question's being taken up to the answer's end.</param>
/// <param name="Outcome"><c>done</c>, <c>failed</c> or <c>cancelled</c>.</param>
internal sealed record QuestionAnswered(Guid Conversation, string? Model, long DurationMs, string Outcome);
