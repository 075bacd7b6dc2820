using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.ServiceDefaults.LearningEvents;

/// <summary>Something a learner did or met, as <c>POST /telemetry/events</c> takes it (docs/architecture.md).</summary>
public sealed record LearningEvent
{
    /// <summary>A UUIDv7; the same id sent twice is stored once.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it happened, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The type, such as <c>CellExecute</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The course that the learner was in.</summary>
    public string? Course { get; init; }

    /// <summary>The learner's pseudonym.</summary>
    public string? Learner { get; init; }

    /// <summary>The notebook's path in the learner's workspace.</summary>
    public string? Notebook { get; init; }

    /// <summary>The cell's id.</summary>
    public string? Cell { get; init; }

    /// <summary>The client's session.</summary>
    public string? Session { get; init; }

    /// <summary>What the type says more; an object.</summary>
    public JsonElement? Detail { get; init; }
}

internal sealed record LearningEventBatch(IReadOnlyList<LearningEvent> Events);

[JsonSerializable(typeof(LearningEventBatch))]
[JsonSerializable(typeof(PolicyDecision))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class LearningEventJson : JsonSerializerContext;
