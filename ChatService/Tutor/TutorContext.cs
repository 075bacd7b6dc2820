using System.Text.Json.Serialization;

namespace Lyceum.ChatService.Tutor;

/// <summary>
/// What the model is shown beside a question, cleaned and cut to its budgets. Stored with the question, so that one can see what
/// the model saw.
/// </summary>
internal sealed record TutorContext
{
    public static readonly TutorContext None = new();

    public string? NotebookPath { get; init; }

    public string? CellId { get; init; }

    public string? Code { get; init; }

    public string? Language { get; init; }

    public TutorError? Error { get; init; }

    /// <summary><c>request</c> or <c>telemetry</c>; null without an error.</summary>
    public string? ErrorSource { get; init; }
}

internal sealed record TutorError(string Name, string Value, string Traceback);

[JsonSerializable(typeof(TutorContext))]
[JsonSerializable(typeof(LastError))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class TutorJson : JsonSerializerContext;
