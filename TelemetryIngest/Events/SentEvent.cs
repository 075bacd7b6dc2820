using System.Text.Json;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>An event as it was sent, its fields found but not judged; what is absent is undefined.</summary>
internal readonly record struct SentEvent
{
    /// <summary>All of it, for the hash that stands for a missing id.</summary>
    public required JsonElement Body { get; init; }

    public required string Source { get; init; }

    public JsonElement Id { get; init; }

    public JsonElement Time { get; init; }

    public JsonElement Type { get; init; }

    public JsonElement Course { get; init; }

    public JsonElement Learner { get; init; }

    public JsonElement Notebook { get; init; }

    public JsonElement Cell { get; init; }

    public JsonElement Session { get; init; }

    public JsonElement Detail { get; init; }

    public JsonElement NotebookContent { get; init; }

    /// <summary>The pseudonym of the learner whom a source named; null when it named nobody, or the sender is no source.</summary>
    public string? NamedLearner { get; init; }

    /// <summary>An event of our own batches (docs/architecture.md).</summary>
    public static SentEvent FromBatch(JsonElement body, string source)
    {
        var detail = body.Field("detail");
        var cell = body.Field("cell");
        return new SentEvent
        {
            Body = body,
            Source = source,
            Id = body.Field("id"),
            Time = body.Field("time"),
            Type = body.Field("type"),
            Course = body.Field("course"),
            Learner = body.Field("learner"),
            Notebook = body.Field("notebook"),
            Cell = cell.IsGiven() ? cell : detail.Field("cells").First().Field("id"),
            Session = body.Field("session"),
            Detail = detail,
        };
    }

    /// <summary>What jupyterlab-pioneer's remote exporter calls <c>data</c>.</summary>
    public static SentEvent FromPioneer(JsonElement data)
    {
        var what = data.Field("eventDetail");
        var where = data.Field("notebookState");
        var info = what.Field("eventInfo");
        return new SentEvent
        {
            Body = data,
            Source = "pioneer",
            Time = what.Field("eventTime"),
            Type = what.Field("eventName"),
            Notebook = where.Field("notebookPath"),
            Cell = info.Field("cells").First().Field("id"),
            Session = where.Field("sessionID"),
            Detail = info,
            NotebookContent = where.Field("notebookContent"),
        };
    }
}
