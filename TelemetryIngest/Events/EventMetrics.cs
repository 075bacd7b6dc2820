using System.Diagnostics.Metrics;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>What ingest counts.</summary>
internal sealed class EventMetrics
{
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _turnedAway;
    private readonly Histogram<long> _batchSize;
    private readonly Histogram<double> _commitDuration;

    public EventMetrics(IMeterFactory factory)
    {
#pragma warning disable CA2000 // The factory owns its meters.
        var meter = factory.Create("Lyceum.TelemetryIngest");
#pragma warning restore CA2000
        _accepted = meter.CreateCounter<long>("lyceum.telemetry.events.accepted", "{event}", "Events stored");
        _duplicates = meter.CreateCounter<long>("lyceum.telemetry.events.duplicates", "{event}", "Events that were stored already");
        _rejected = meter.CreateCounter<long>("lyceum.telemetry.events.rejected", "{event}", "Events that could not be stored");
        _turnedAway = meter.CreateCounter<long>("lyceum.telemetry.requests.turned_away", "{request}", "Requests answered 503 because too much was waiting");
        _batchSize = meter.CreateHistogram<long>("lyceum.telemetry.batch.size", "{event}", "Events committed in one transaction");
        _commitDuration = meter.CreateHistogram<double>("lyceum.telemetry.commit.duration", "s", "From taking a group off the queue to its commit");
    }

    public void Answered(IngestResult result)
    {
        _accepted.Add(result.Accepted);
        _duplicates.Add(result.Duplicates);
        _rejected.Add(result.Rejected.Count);
    }

    public void Committed(int events, TimeSpan duration)
    {
        _batchSize.Record(events);
        _commitDuration.Record(duration.TotalSeconds);
    }

    public void TurnedAway() => _turnedAway.Add(1);
}
