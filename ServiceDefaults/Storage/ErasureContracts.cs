namespace Lyceum.ServiceDefaults.Storage;

/// <summary>What Gateway asks of every service that stores something of learners: forget this one. Asked again, it does no harm.</summary>
/// <param name="Subject">The account's id.</param>
/// <param name="Learner">The account's pseudonym.</param>
/// <param name="RequestedAt">When it was asked for, UTC: what happened until then is to be forgotten, also what arrives later.</param>
public sealed record ErasureRequest(string? Subject, string? Learner, DateTimeOffset? RequestedAt);

/// <summary>What a service has forgotten.</summary>
/// <param name="Removed">How many rows, by table.</param>
public sealed record ErasureResult(IReadOnlyDictionary<string, long> Removed);
