namespace Lyceum.TelemetryIngest.Events;

/// <summary>What became of the events of one request; sent once all of it is committed.</summary>
/// <param name="Accepted">How many are stored now that were not before.</param>
/// <param name="Duplicates">How many were stored already, or came twice in the request.</param>
/// <param name="Rejected">Those that cannot be stored; the others are unaffected.</param>
public sealed record IngestResult(int Accepted, int Duplicates, IReadOnlyList<RejectedEvent> Rejected);

/// <summary>An event that was not stored, but kept in quarantine.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
/// <param name="Reason">What to change about it.</param>
public sealed record RejectedEvent(int Index, string Reason);
