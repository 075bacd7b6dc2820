using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ChatService.Turns;

/// <summary>A stored question whose answer this process is to write, for as long as it keeps the answer's lease alive.</summary>
internal sealed record Turn
{
    public required CallerIdentity Caller { get; init; }

    public required Guid SessionId { get; init; }

    public required Guid QuestionId { get; init; }

    public required Guid AnswerId { get; init; }

    public required string Question { get; init; }

    /// <summary>What is stored with the question so far.</summary>
    public required TutorContext Context { get; init; }

    /// <summary>The notebook of the question, or of those before it.</summary>
    public string? NotebookPath { get; init; }

    /// <summary>Whether there may be messages before the question.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Whether the question was tried before, so that its context is what it will be.</summary>
    public bool IsRetry { get; init; }

    /// <summary>What was read as the turn began; null where that has to be read yet.</summary>
    public TurnGrounds? Grounds { get; init; }

    /// <summary>What there is of the answer, where it waited for approval and goes on; null where it begins.</summary>
    public BegunAnswer? Begun { get; init; }
}

/// <summary>An answer that waited for its user.</summary>
/// <param name="Shown">What may be seen of it.</param>
/// <param name="Model">The model that wrote it.</param>
/// <param name="InputTokens">What the model has read for it.</param>
/// <param name="OutputTokens">What the model has written for it.</param>
internal sealed record BegunAnswer(string Shown, string? Model, long? InputTokens, long? OutputTokens);

/// <summary>Why a turn cannot begin.</summary>
internal enum Refusal
{
    None,
    NoSuchConversation,
    AnotherTurnRuns,
    NothingToRetry,
    KeyUsed,
    PersonAnswers,
}

/// <summary>A turn that was begun, or why it was not.</summary>
internal readonly record struct Claim(Turn? Turn, Refusal Refusal)
{
    public static implicit operator Claim(Turn turn) => FromTurn(turn);

    public static implicit operator Claim(Refusal refusal) => FromRefusal(refusal);

    public static Claim FromTurn(Turn turn) => new(turn, Refusal.None);

    public static Claim FromRefusal(Refusal refusal) => new(null, refusal);
}
