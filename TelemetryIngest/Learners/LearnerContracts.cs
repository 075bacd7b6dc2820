using System.Text.Json;

namespace Lyceum.TelemetryIngest.Learners;

/// <summary>A page of a learner's events, newest first.</summary>
/// <param name="Events">The events.</param>
/// <param name="Next">What to give as <c>before</c> for the next page; null on the last.</param>
public sealed record LearnerEvents(IReadOnlyList<StoredEvent> Events, string? Next);

/// <summary>An event as it is stored.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Time">When it happened, by the sender's clock, UTC.</param>
/// <param name="ReceivedAt">When it came, by our clock, UTC.</param>
/// <param name="ClockOff">Whether the two are too far apart for the sender's clock to be right.</param>
/// <param name="Type">Its type.</param>
/// <param name="Notebook">The notebook's path; null when it has none.</param>
/// <param name="Cell">The cell's id; null when it has none.</param>
/// <param name="Session">The client's session; null when it has none.</param>
/// <param name="Source"><c>pioneer</c>, <c>batch</c>, or the service that sent it.</param>
/// <param name="Detail">What the type says more, without whole notebooks; null when there is nothing.</param>
public sealed record StoredEvent(
    Guid Id,
    DateTimeOffset Time,
    DateTimeOffset ReceivedAt,
    bool ClockOff,
    string Type,
    string? Notebook,
    string? Cell,
    string? Session,
    string Source,
    JsonElement? Detail);

/// <summary>The answer of <c>GET /telemetry/learners/me/activity</c>: what the caller did in the last hour.</summary>
/// <param name="Executions">How many cells ran.</param>
/// <param name="Failures">How many of them failed.</param>
/// <param name="Errors">The errors that they failed with, the most frequent first, five at most.</param>
public sealed record RecentActivity(int Executions, int Failures, IReadOnlyList<RepeatedError> Errors);

/// <summary>An error and how often it came.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Count">How often.</param>
public sealed record RepeatedError(string Name, int Count);
