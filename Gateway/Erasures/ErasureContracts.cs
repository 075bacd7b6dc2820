using System.Text.Json.Serialization;
using Lyceum.ServiceDefaults.Storage;

namespace Lyceum.Gateway.Erasures;

/// <summary>That somebody was to be forgotten, and the proof that this was done. It says nothing of who it was but a hash.</summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="SubjectHash">SHA-256, as hex, of <c>lyceum/erasure/</c> and the learner's pseudonym.</param>
/// <param name="Course">The course.</param>
/// <param name="RequestedBy">Who asked: <c>learner</c>, <c>instructor</c> or <c>owner</c>.</param>
/// <param name="RequestedAt">When, UTC.</param>
/// <param name="Removed">How many rows are gone, by service and table, so far.</param>
/// <param name="DoneAt">When every service had forgotten, UTC; null until then.</param>
/// <param name="Previous">The proof of the erasure that was done before this one; empty for the first, null until it is done.</param>
/// <param name="Proof">SHA-256, as hex, of the fields above as one JSON object, in this order; null until it is done.</param>
/// <param name="Signature">HMAC-SHA256, as hex, of <paramref name="Proof"/> under a key of this installation; null until it is done.</param>
/// <param name="IsIntact">Whether proof and signature are those of the fields as they are now; null until it is done.</param>
public sealed record Erasure(
    Guid Id,
    string SubjectHash,
    string Course,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Removed,
    DateTimeOffset? DoneAt,
    string? Previous,
    string? Proof,
    string? Signature,
    bool? IsIntact);

/// <summary>The erasures of a course, newest first.</summary>
/// <param name="Erasures">The erasures, at most 1000.</param>
public sealed record ErasureList(IReadOnlyList<Erasure> Erasures);

/// <summary>What a proof is of.</summary>
internal sealed record ProvenErasure(
    Guid Id,
    string SubjectHash,
    string Course,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    SortedDictionary<string, SortedDictionary<string, long>> Removed,
    DateTimeOffset DoneAt,
    string Previous);

/// <summary>Whom an erasure is about, sealed until it is done.</summary>
internal sealed record ErasedPerson(string Subject, string Learner);

[JsonSerializable(typeof(Erasure))]
[JsonSerializable(typeof(ErasureList))]
[JsonSerializable(typeof(ProvenErasure))]
[JsonSerializable(typeof(ErasedPerson))]
[JsonSerializable(typeof(ErasureRequest))]
[JsonSerializable(typeof(ErasureResult))]
[JsonSerializable(typeof(Dictionary<string, long>))]
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, long>>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ErasureJson : JsonSerializerContext;
