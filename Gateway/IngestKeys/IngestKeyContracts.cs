using System.Text.Json.Serialization;

namespace Lyceum.Gateway.IngestKeys;

/// <summary>A key with which a course's learners are named: it sends their events, or asks the tutor for them, and nothing else.</summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="Name">The name to show.</param>
/// <param name="Course">The slug of the course whose events it may send.</param>
/// <param name="LearnerField">Where in what is sent the learner is named, such as <c>params.student</c>, or <c>?user</c> in the URL's query.</param>
/// <param name="Scopes">What it is for: <c>events</c>, <c>tutor</c> or both.</param>
/// <param name="CreatedBy">The id of the account that made it.</param>
/// <param name="CreatedAt">When, UTC.</param>
public sealed record IngestKey(Guid Id, string Name, string Course, string LearnerField, IReadOnlyList<string> Scopes, string CreatedBy, DateTimeOffset CreatedAt);

/// <summary>What an ingest key can be for.</summary>
internal static class IngestScope
{
    /// <summary>Sends events.</summary>
    public const string Events = "events";

    /// <summary>Asks the tutor, by JELAI's endpoints.</summary>
    public const string Tutor = "tutor";

    public static readonly IReadOnlyList<string> All = [Events, Tutor];
}

/// <summary>The ingest keys of the caller's course.</summary>
/// <param name="Keys">By name.</param>
public sealed record IngestKeyList(IReadOnlyList<IngestKey> Keys);

/// <summary>Asks for a new ingest key of the caller's course.</summary>
/// <param name="Name">The name to show, 1 to 100 characters.</param>
/// <param name="LearnerField">See <see cref="IngestKey.LearnerField"/>; at most 128 characters. Not needed for a key that only asks the tutor, whose <c>student_id</c> says it.</param>
/// <param name="Scopes">See <see cref="IngestKey.Scopes"/>; <c>events</c> unless given.</param>
public sealed record NewIngestKey(string? Name, string? LearnerField, IReadOnlyList<string?>? Scopes);

/// <summary>A new ingest key with its secret, which is shown this once and kept only as a hash.</summary>
/// <param name="Key">The key's description.</param>
/// <param name="Token">The secret.</param>
/// <param name="EventsPath">The path on this address to send events to, secret included; null for a key that may not.</param>
/// <param name="TutorPath">The path that is JELAI's <c>TA_MIDDLEWARE_URL</c>, secret included; null for a key that may not ask the tutor.</param>
public sealed record CreatedIngestKey(IngestKey Key, string Token, string? EventsPath, string? TutorPath);

[JsonSerializable(typeof(IngestKeyList))]
[JsonSerializable(typeof(NewIngestKey))]
[JsonSerializable(typeof(CreatedIngestKey))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class IngestKeyJson : JsonSerializerContext;
