using Lyceum.ChatService.Ollama;

namespace Lyceum.ChatService.Turns;

/// <summary>Why a turn ended without an answer: what the client's HTTP status would be, and what the student reads.</summary>
internal sealed record TurnFailure(string Kind, int Status, string Detail)
{
    private const string Again = "Your question is kept: try again in a moment.";

    public static readonly TurnFailure Cancelled = new("cancelled", 499, "The answer was stopped.");

    public static readonly TurnFailure Stopping = new("interrupted", StatusCodes.Status503ServiceUnavailable, $"The tutor is being restarted. {Again}");

    public static readonly TurnFailure Expired = new("interrupted", StatusCodes.Status503ServiceUnavailable, $"The tutor was interrupted while it answered. {Again}");

    public static readonly TurnFailure NotApproved = new("not_approved", StatusCodes.Status409Conflict, "Nobody allowed or refused in time what the tutor wanted to do. Your question is kept: try again.");

    public static readonly TurnFailure Lost = new("lost", StatusCodes.Status409Conflict, "The answer was given up: its conversation was deleted, or was silent for so long that the question counts as failed.");

    public static readonly TurnFailure StorageAway = new("storage", StatusCodes.Status503ServiceUnavailable, $"The database is away, the answer could not be stored. {Again}");

    public static readonly TurnFailure TookTooLong = new("too_slow", StatusCodes.Status504GatewayTimeout, $"The tutor took too long over its answer and was stopped. {Again}");

    public static readonly TurnFailure TooLong = new("too_long", StatusCodes.Status502BadGateway, "The tutor's answer became too long and was stopped. Your question is kept: try again, or ask for less at once.");

    public static readonly TurnFailure Empty = new("model_broke", StatusCodes.Status502BadGateway, $"The tutor's model gave an empty answer. {Again}");

    public static readonly TurnFailure Unexpected = new("internal", StatusCodes.Status500InternalServerError, $"The tutor failed unexpectedly. {Again}");

    /// <summary>A failure of which the stored words are left.</summary>
    public static TurnFailure Stored(string? detail) => new("failed", StatusCodes.Status503ServiceUnavailable, detail ?? Unexpected.Detail);

    public static TurnFailure Of(ModelException failure) => failure.Failure switch
    {
        ModelFailure.Away => new("model_away", StatusCodes.Status503ServiceUnavailable, $"The tutor's model is away: {failure.Message}. {Again}"),
        ModelFailure.Busy => new("model_busy", StatusCodes.Status503ServiceUnavailable, $"The tutor's model is busy: {failure.Message}. {Again}"),
        ModelFailure.Refused => new("model_refused", StatusCodes.Status502BadGateway, $"The tutor's model refused the question: {failure.Message}. Your question is kept; if this goes on, tell your instructor."),
        ModelFailure.TimedOut => new("model_timeout", StatusCodes.Status504GatewayTimeout, $"The tutor's model took too long: {failure.Message}. {Again}"),
        _ => new("model_broke", StatusCodes.Status502BadGateway, $"The tutor's model failed: {failure.Message}. {Again}"),
    };
}

/// <summary>Ends a turn with a failure that is not the model's.</summary>
internal sealed class TurnEndedException : Exception
{
    public TurnEndedException()
    {
    }

    public TurnEndedException(string message)
        : base(message)
    {
    }

    public TurnEndedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public TurnEndedException(TurnFailure failure)
        : base(failure.Detail) => Failure = failure;

    public TurnFailure Failure { get; } = TurnFailure.Unexpected;
}
