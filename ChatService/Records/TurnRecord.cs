using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Experiments;
using Lyceum.ChatService.Objectives;
using Lyceum.ChatService.Tutor;

namespace Lyceum.ChatService.Records;

/// <summary>Exactly what a model was asked for an answer, and why.</summary>
/// <param name="Model">The model's name as it was asked for.</param>
/// <param name="Temperature">How freely it might choose its words; null for its own setting.</param>
/// <param name="MaxOutputTokens">How long its answer might become; null for its own setting.</param>
/// <param name="Prompts">The names and SHA-256 of the prompts.</param>
/// <param name="AssignmentId">The assignment; null when the notebook belongs to none.</param>
/// <param name="Policy">The policy that held.</param>
/// <param name="HintLevel">How far up the hint ladder the answer might go.</param>
/// <param name="TimesAsked">How often the student had asked about the same error, this time included.</param>
/// <param name="QuestionClass"><c>instrumental</c>, <c>executive</c> or <c>other</c>.</param>
/// <param name="Sources">The pieces that the model was shown beside the question.</param>
/// <param name="History">What of the conversation it was shown.</param>
/// <param name="Messages">What it was asked, to the letter.</param>
public sealed record TurnRecord(
    string Model,
    float? Temperature,
    int? MaxOutputTokens,
    IReadOnlyList<string> Prompts,
    Guid? AssignmentId,
    HelpPolicy Policy,
    int HintLevel,
    int TimesAsked,
    string QuestionClass,
    IReadOnlyList<Source> Sources,
    HistoryRecord History,
    IReadOnlyList<RecordedMessage> Messages)
{
    /// <summary>Who sorted the question: <c>rules</c>, or <c>model:</c> and its name.</summary>
    public string? ClassifiedBy { get; init; }

    /// <summary>The learning objective that the question is about; null for none.</summary>
    public ObjectiveMatch? Objective { get; init; }

    /// <summary>What the tutor was to make of how the student asks: <c>plain</c> or <c>enhanced_guidance</c>.</summary>
    public string? Strategy { get; init; }

    /// <summary>The experiments and arms that the turn was part of.</summary>
    public IReadOnlyList<Exposure>? Experiments { get; init; }

    /// <summary>What became of an answer that had to be checked before it was shown; null when none had to be.</summary>
    public AnswerReview? Review { get; init; }

    /// <summary>The tools that the model might call, as policies call them.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];
}

/// <summary>What of a conversation a model was shown.</summary>
/// <param name="Total">How many messages there were before the question.</param>
/// <param name="Shown">How many of them it was shown.</param>
/// <param name="LeftOut">How many not.</param>
/// <param name="Budget">How many tokens they might have, as estimated.</param>
/// <param name="Tokens">How many those have that it was shown, as estimated.</param>
/// <param name="Summary">The notes that stand for those left out; null for none.</param>
/// <param name="SummaryModel">The model that wrote them.</param>
public sealed record HistoryRecord(int Total, int Shown, int LeftOut, int Budget, int Tokens, string? Summary = null, string? SummaryModel = null);

/// <summary>A message to a model.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Its text.</param>
public sealed record RecordedMessage(string Role, string Content);

/// <summary>How an answer was checked against the policy.</summary>
/// <param name="Outcome"><c>passed</c>, <c>code_left_out</c>, <c>rewritten</c> or <c>withheld</c>.</param>
/// <param name="Likeness">The share of a reference solution that the first answer gave away, from 0 to 1.</param>
/// <param name="RewriteLikeness">The same of the second; null when there was none.</param>
public sealed record AnswerReview(string Outcome, double Likeness, double? RewriteLikeness);

/// <summary>The answer of <c>GET /tutor/courses/{course}/turns/{answer_id}</c>.</summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="SessionId">Its conversation.</param>
/// <param name="QuestionId">Its question.</param>
/// <param name="Learner">The student's pseudonym.</param>
/// <param name="Question">The student's words.</param>
/// <param name="Answer">What the student was shown.</param>
/// <param name="Status">The answer's state.</param>
/// <param name="At">When it was begun, UTC.</param>
/// <param name="Record">What the model saw.</param>
public sealed record RecordedTurn(Guid AnswerId, Guid SessionId, Guid QuestionId, string Learner, string Question, string Answer, string Status, DateTimeOffset At, TurnRecord Record);

/// <summary>A turn in the list of <c>GET /tutor/courses/{course}/turns</c>.</summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="SessionId">Its conversation.</param>
/// <param name="Learner">The student's pseudonym.</param>
/// <param name="NotebookPath">The conversation's notebook; null when none was named.</param>
/// <param name="Question">The student's words.</param>
/// <param name="QuestionClass">What kind of question it is.</param>
/// <param name="HintLevel">How far up the hint ladder the answer might go.</param>
/// <param name="Status">The answer's state.</param>
/// <param name="At">When it was begun, UTC.</param>
/// <param name="Objective">The learning objective that the question is about; null for none.</param>
public sealed record TurnEntry(
    Guid AnswerId, Guid SessionId, string Learner, string? NotebookPath, string Question, string? QuestionClass, int? HintLevel, string Status, DateTimeOffset At, string? Objective);

/// <summary>The answer of <c>GET /tutor/courses/{course}/turns</c>.</summary>
/// <param name="Turns">A page of turns, newest first.</param>
/// <param name="Next">What to give as <c>before</c> for the next page; null on the last.</param>
public sealed record TurnList(IReadOnlyList<TurnEntry> Turns, Guid? Next);
