using System.Security.Cryptography;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Logs;

namespace Lyceum.TelemetryIngest.Formats;

/// <summary>Collects the events of one request: the good ones as rows, the others as refusals by index.</summary>
internal sealed class BatchBuilder(SentBody body, EventsOptions options, DateTimeOffset receivedAt)
{
    private const int MaxQuarantinedBody = 16 * 1024;
    private readonly List<(int, EventRow)> _rows = [];
    private readonly List<RejectedEvent> _rejected = [];
    private readonly List<QuarantinedEvent> _quarantined = [];

    /// <summary>Why nothing of the request can be taken; null so far.</summary>
    public BatchProblem? Problem { get; private set; }

    /// <summary>Whether there was anything that is meant as events.</summary>
    public bool HasEvents { get; private set; }

    private int Count => _rows.Count + _rejected.Count;

    private string Source => body.Caller.Roles.Contains(Roles.Service) ? StorableText.Cut(body.Caller.Name, 64) : "batch";

    public void Refuse(int status, string problem) => Problem ??= new(status, problem);

    /// <summary>Takes a value of the body: a batch of ours, an event of ours, or what one of pioneer's exporters writes.</summary>
    public void Add(JsonElement value)
    {
        var events = value.Field("events");
        HasEvents |= events.ValueKind == JsonValueKind.Array || value.Field("data").ValueKind == JsonValueKind.Object
            || value.Field("eventDetail").IsGiven() || value.Field("type").IsGiven();
        if (events.ValueKind == JsonValueKind.Array)
        {
            Reserve(events.GetArrayLength());
            foreach (var one in events.EnumerateArray())
            {
                AddOwn(one);
            }
        }
        else if (value.Field("data").ValueKind == JsonValueKind.Object)
        {
            Add(SentEvent.FromPioneer(value.Field("data")) with { NamedLearner = body.Names?.Of(value) });
        }
        else if (value.Field("eventDetail").IsGiven())
        {
            AddObserved(value, null);
        }
        else
        {
            AddOwn(value);
        }
    }

    /// <summary>Takes what pioneer's file exporter writes; the learner is known, or named in it.</summary>
    public void AddObserved(JsonElement value, string? learner) =>
        Add(SentEvent.FromPioneer(value) with { NamedLearner = learner ?? body.Names?.Of(value) });

    /// <summary>Takes note of what was to be an event and cannot be read.</summary>
    public void AddBroken(ReadOnlySpan<byte> text, string reason)
    {
        // Not its text: what cannot be read cannot be cleaned.
        var id = new Guid(SHA256.HashData(text).AsSpan(0, 16), bigEndian: true);
        Reserve(1);
        _rejected.Add(new RejectedEvent(Count, reason));
        _quarantined.Add(new QuarantinedEvent(id, receivedAt, body.Caller.Course, body.Caller.Learner, Source, reason, ""));
        HasEvents = true;
    }

    public EventBatch Build(IReadOnlyList<LogState> logs) => new(_rows, _rejected, _quarantined, logs);

    private void AddOwn(JsonElement value)
    {
        if (body.Caller.Source is not null && value.Text("course") is { } course && course != body.Caller.Course)
        {
            Refuse(StatusCodes.Status403Forbidden, $"This ingest key sends events of {body.Caller.Course}, not of {StorableText.Cut(course, 128)}.");
        }

        Add(SentEvent.FromBatch(value, Source) with { NamedLearner = body.Names?.Of(value) });
    }

    private void Add(SentEvent sent)
    {
        Reserve(1);
        if (Problem is not null)
        {
            return;
        }

        var reader = new EventReader(sent, body.Caller, receivedAt, options.MaxClockError);
        if (reader.Read() is { } row)
        {
            _rows.Add((Count, row));
            return;
        }

        _rejected.Add(new RejectedEvent(Count, reader.Problem!));
        _quarantined.Add(reader.Quarantine(reader.Problem!, MaxQuarantinedBody));
    }

    private void Reserve(int events)
    {
        if (Count + events > options.MaxBatch)
        {
            Refuse(StatusCodes.Status413PayloadTooLarge, $"The batch holds {Count + events} events: send at most {options.MaxBatch} at once.");
        }
    }
}
