using System.Text.Json.Serialization;

namespace Lyceum.ChatService.Tutor;

/// <summary>
/// What the model is shown beside a question, cleaned and cut to its budgets. Stored with the question, so that another try at it
/// shows the same.
/// </summary>
internal sealed record TutorContext
{
    public static readonly TutorContext None = new();

    public string? NotebookPath { get; init; }

    public string? CellId { get; init; }

    /// <summary>The kernel in which the question was asked.</summary>
    public string? KernelId { get; init; }

    public string? Code { get; init; }

    public string? Language { get; init; }

    public TutorError? Error { get; init; }

    /// <summary><c>request</c> or <c>telemetry</c>; null without an error.</summary>
    public string? ErrorSource { get; init; }

    /// <summary>The cells above the question's, in the notebook's order.</summary>
    public IReadOnlyList<string> CellsBefore { get; init; } = [];

    /// <summary>The cells below it.</summary>
    public IReadOnlyList<string> CellsAfter { get; init; } = [];

    /// <summary>Cells that ran before the question's, the last at the end.</summary>
    public IReadOnlyList<string> CellsRan { get; init; } = [];

    /// <summary>What is in scope, a line each.</summary>
    public string? Variables { get; init; }

    /// <summary>What the student works on, as the client told.</summary>
    public string? About { get; init; }

    /// <summary>What the student did of late, in a sentence or two.</summary>
    public string? Activity { get; init; }

    /// <summary>Where these pieces came from, and how much of their budgets they took.</summary>
    public IReadOnlyList<Source> Sources { get; init; } = [];
}

/// <summary>What belongs to a question as it is asked.</summary>
/// <param name="Told">What the request itself brought.</param>
/// <param name="Completed">The same with what other services know; null where they are still to be asked.</param>
internal sealed record AskedContext(TutorContext Told, Task<TutorContext>? Completed);

internal sealed record TutorError(string Name, string Value, string Traceback);

[JsonSerializable(typeof(TutorContext))]
[JsonSerializable(typeof(LastError))]
[JsonSerializable(typeof(RecentActivity))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class TutorJson : JsonSerializerContext;
