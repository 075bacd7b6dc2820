using Lyceum.TelemetryIngest.CodeStates;
using Lyceum.TelemetryIngest.Logs;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>One row of <c>events</c>; see the schema for what the columns mean.</summary>
internal sealed record EventRow
{
    public required Guid Id { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public required DateTimeOffset LiveAt { get; init; }

    public required bool ClockOff { get; init; }

    public required string Course { get; init; }

    public required string Learner { get; init; }

    public required string Type { get; init; }

    public string? Notebook { get; init; }

    public string? Cell { get; init; }

    public string? Session { get; init; }

    public required string Source { get; init; }

    public bool? Success { get; init; }

    public byte[]? Failure { get; init; }

    public byte[]? Detail { get; init; }

    /// <summary>Whether class views and metrics count it.</summary>
    public bool IsCounted => Success is not null || Type == "TutorQuestion";

    /// <summary>Whether it says something about a notebook's code.</summary>
    public bool IsAboutCode => Notebook is not null && NotebookEvent.Types.Contains(Type);
}

/// <summary>One row of <c>quarantine</c>, but for its number.</summary>
internal sealed record QuarantinedEvent(Guid Id, DateTimeOffset ReceivedAt, string Course, string Learner, string Source, string Reason, string Body);

/// <summary>The events of one request.</summary>
/// <param name="Rows">Those to store, with their places in the request.</param>
/// <param name="Rejected">What the sender is told about the others.</param>
/// <param name="Quarantined">What is kept of the others.</param>
/// <param name="Logs">How far the logs have been read that the events come from.</param>
internal sealed record EventBatch(
    IReadOnlyList<(int Index, EventRow Row)> Rows,
    IReadOnlyList<RejectedEvent> Rejected,
    IReadOnlyList<QuarantinedEvent> Quarantined,
    IReadOnlyList<LogState> Logs);
