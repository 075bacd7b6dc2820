using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>What became of a batch as a whole.</summary>
internal enum StoreStatus
{
    /// <summary>It is committed.</summary>
    Stored,

    /// <summary>Too many wait already; nothing was stored.</summary>
    Busy,

    /// <summary>Another piece of the same log has been stored since this one was read; nothing of it was stored.</summary>
    Overtaken,

    /// <summary>PostgreSQL does not answer; nothing is known to be stored, and sending again is harmless.</summary>
    Away,
}

/// <summary>
/// The only writer of events: requests queue up, and those that wait together are committed together, so that many small requests
/// cost as few commits as one large one. Each is answered after its commit.
/// </summary>
internal sealed partial class EventWriter(
    EventTable table, EventMetrics metrics, IOptions<EventsOptions> options, TimeProvider time, ILogger<EventWriter> logger) : BackgroundService
{
    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(options.Value.MaxWaiting) { SingleReader = true });

    /// <summary>Stores a batch; the result is there exactly when the status is <see cref="StoreStatus.Stored"/>.</summary>
    /// <remarks>Not cancelled with the request: its bytes count as in work until the writer is done with them.</remarks>
    public async Task<(StoreStatus Status, IngestResult? Result)> StoreAsync(EventBatch batch)
    {
        var waiting = new Waiting(batch);
        if (!_queue.Writer.TryWrite(waiting))
        {
            metrics.TurnedAway();
            return (StoreStatus.Busy, null);
        }

        return await waiting.Done.Task;
    }

    /// <summary>Stores what waits, and takes nothing more.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } running)
        {
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            List<Waiting> group = [];
            for (var events = 0; events < options.Value.MaxGroup && _queue.Reader.TryRead(out var next); events += next.Batch.Rows.Count)
            {
                group.Add(next);
            }

            await CommitAsync(group, stoppingToken);
        }
    }

    private async Task CommitAsync(List<Waiting> group, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        try
        {
            var stored = await table.StoreAsync([.. group.Select(waiting => waiting.Batch)], cancellationToken);
            metrics.Committed(stored.Tried, time.GetElapsedTime(start));
            foreach (var waiting in group)
            {
                if (stored.Overtaken.Contains(waiting.Batch))
                {
                    waiting.Done.TrySetResult((StoreStatus.Overtaken, null));
                    continue;
                }

                var result = ResultOf(waiting.Batch, stored);
                metrics.Answered(result);
                waiting.Done.TrySetResult((StoreStatus.Stored, result));
            }
        }
        catch (NpgsqlException failure)
        {
            LogAway(logger, group.Count, failure.Message);
            group.ForEach(waiting => waiting.Done.TrySetResult((StoreStatus.Away, null)));
        }
#pragma warning disable CA1031 // A bug must not end the only writer; each request that it concerns fails with it.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            group.ForEach(waiting => waiting.Done.TrySetException(bug));
        }
    }

    private static IngestResult ResultOf(EventBatch batch, StoredGroup stored)
    {
        var accepted = 0;
        var duplicates = 0;
        List<RejectedEvent> rejected = [.. batch.Rejected];
        foreach (var (index, row) in batch.Rows)
        {
            if (stored.Refused.TryGetValue(row.Id, out var reason))
            {
                rejected.Add(new RejectedEvent(index, reason));
            }
            else if (stored.Inserted.Remove(row.Id))
            {
                accepted++;
            }
            else
            {
                duplicates++;
            }
        }

        return new IngestResult(accepted, duplicates, [.. rejected.OrderBy(one => one.Index)]);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} requests with events were answered 503, PostgreSQL does not answer: {Reason}")]
    private static partial void LogAway(ILogger logger, int count, string reason);

    private sealed record Waiting(EventBatch Batch)
    {
        public TaskCompletionSource<(StoreStatus, IngestResult?)> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
