using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>Reads a request's body: jupyterlab-pioneer's, or a batch of our own.</summary>
internal sealed class BatchReader(IOptions<EventsOptions> options, TimeProvider time)
{
    private const int MaxQuarantinedBody = 16 * 1024;
    private readonly EventsOptions _options = options.Value;

    /// <summary>The events of a body, or why it cannot be taken at all.</summary>
    public (EventBatch? Batch, BatchProblem? Problem) Read(JsonElement body, CallerIdentity caller)
    {
        var events = body.Field("events");
        if (events.ValueKind == JsonValueKind.Array)
        {
            var count = events.GetArrayLength();
            return count > _options.MaxBatch
                ? (null, new(StatusCodes.Status413PayloadTooLarge, $"The batch holds {count} events: send at most {_options.MaxBatch} at once."))
                : (Read(events.EnumerateArray().Select(sent => SentEvent.FromBatch(sent, SourceOf(caller))), caller), null);
        }

        return body.Field("data").ValueKind == JsonValueKind.Object
            ? (Read([SentEvent.FromPioneer(body.Field("data"))], caller), null)
            : (null, new(StatusCodes.Status400BadRequest, "The body is neither {\"events\": [...]} nor what jupyterlab-pioneer's remote exporter sends, {\"data\": {...}}."));
    }

    private EventBatch Read(IEnumerable<SentEvent> events, CallerIdentity caller)
    {
        var receivedAt = time.GetUtcNow();
        List<(int, EventRow)> rows = [];
        List<RejectedEvent> rejected = [];
        List<QuarantinedEvent> quarantined = [];
        foreach (var (index, sent) in events.Index())
        {
            var reader = new EventReader(sent, caller, receivedAt, _options.MaxClockError);
            if (reader.Read() is { } row)
            {
                rows.Add((index, row));
                continue;
            }

            rejected.Add(new RejectedEvent(index, reader.Problem!));
            quarantined.Add(reader.Quarantine(reader.Problem!, MaxQuarantinedBody));
        }

        return new EventBatch(rows, rejected, quarantined);
    }

    private static string SourceOf(CallerIdentity caller) =>
        caller.Roles.Contains(Roles.Service) ? StorableText.Cut(caller.Name, 64) : "batch";
}

/// <summary>A body that cannot be taken.</summary>
internal sealed record BatchProblem(int Status, string Detail);
