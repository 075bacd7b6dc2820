using System.Text.Json.Serialization;

namespace Lyceum.Gateway.IngestKeys;

/// <summary>A key that sends the events of a course's learners and asks the tutor for them, and nothing else.</summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="Name">The name to show.</param>
/// <param name="Course">The slug of the course whose events it may send.</param>
/// <param name="LearnerField">Where in what is sent the learner is named, such as <c>params.student</c>, or <c>?user</c> in the URL's query.</param>
/// <param name="CreatedBy">The id of the account that made it.</param>
/// <param name="CreatedAt">When, UTC.</param>
public sealed record IngestKey(Guid Id, string Name, string Course, string LearnerField, string CreatedBy, DateTimeOffset CreatedAt);

/// <summary>The ingest keys of the caller's course.</summary>
/// <param name="Keys">By name.</param>
public sealed record IngestKeyList(IReadOnlyList<IngestKey> Keys);

/// <summary>Asks for a new ingest key of the caller's course.</summary>
/// <param name="Name">The name to show, 1 to 100 characters.</param>
/// <param name="LearnerField">See <see cref="IngestKey.LearnerField"/>; at most 128 characters.</param>
public sealed record NewIngestKey(string? Name, string? LearnerField);

/// <summary>A new ingest key with its secret, which is shown this once and kept only as a hash.</summary>
/// <param name="Key">The key's description.</param>
/// <param name="Token">The secret.</param>
/// <param name="EventsPath">The path on this address to send events to, secret included.</param>
public sealed record CreatedIngestKey(IngestKey Key, string Token, string EventsPath);

[JsonSerializable(typeof(IngestKeyList))]
[JsonSerializable(typeof(NewIngestKey))]
[JsonSerializable(typeof(CreatedIngestKey))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class IngestKeyJson : JsonSerializerContext;
