using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lyceum.ServiceDefaults.LearningEvents;

/// <summary>
/// Sends this service's learning events to TelemetryIngest in the background: in order, in batches, repeated until they are
/// acknowledged. While TelemetryIngest is away they wait on disk, where there is a folder for them, else in memory: at most
/// <see cref="Capacity"/> events there. Beyond what may wait the newest are dropped and counted in the log.
/// </summary>
public sealed partial class LearningEventSender : BackgroundService
{
    /// <summary>How many events may wait in memory.</summary>
    public const int Capacity = 10_000;

    private const int BatchSize = 200;
    private static readonly Uri Events = new("http://telemetryingest/telemetry/events");
    private static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(3);

    private readonly Channel<LearningEvent> _queue = Channel.CreateBounded<LearningEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly IHttpClientFactory _clients;
    private readonly Outbox? _outbox;
    private readonly TimeProvider _time;
    private readonly ILogger<LearningEventSender> _logger;
    private long _dropped;

    internal LearningEventSender(IHttpClientFactory clients, Outbox? outbox, TimeProvider time, ILogger<LearningEventSender> logger) =>
        (_clients, _outbox, _time, _logger) = (clients, outbox, time, logger);

    /// <summary>Takes an event for sending; never waits. False when the queue is full and the event was dropped.</summary>
    public bool TrySend(LearningEvent learningEvent)
    {
        if (_queue.Writer.TryWrite(learningEvent))
        {
            return true;
        }

        Drop(1);
        return false;
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } running)
        {
            await Task.WhenAny(running, Task.Delay(FlushTime, _time, cancellationToken));
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _outbox?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        byte[]? batch = null;
        try
        {
            while (true)
            {
                await DeliverWaitingAsync(stoppingToken);
                if (!await _queue.Reader.WaitToReadAsync(stoppingToken))
                {
                    return;
                }

                batch = Take();
                if (_outbox is null)
                {
                    await DeliverAsync(batch, stoppingToken);
                }
                else if (!await TryDeliverAsync(batch, stoppingToken))
                {
                    Keep(batch);
                }

                batch = null;
            }
        }
        finally
        {
            // The service stops before TelemetryIngest has answered: what is left is for the next start.
            if (_outbox is not null)
            {
                for (; batch is not null || _queue.Reader.TryPeek(out _); batch = null)
                {
                    Keep(batch ?? Take());
                }
            }
        }
    }

    /// <summary>Sends what waits on disk, oldest first, and moves what comes meanwhile behind it.</summary>
    private async Task DeliverWaitingAsync(CancellationToken stoppingToken)
    {
        for (var delay = MinDelay; _outbox is { IsEmpty: false };)
        {
            if (_outbox.ReadFirst() is not { } batch)
            {
                LogUnreadable(_logger);
                _outbox.RemoveFirst();
            }
            else if (await TryDeliverAsync(batch, stoppingToken))
            {
                _outbox.RemoveFirst();
                delay = MinDelay;
            }
            else
            {
                await Task.Delay(delay, _time, stoppingToken);
                delay = delay * 2 > MaxDelay ? MaxDelay : delay * 2;
            }

            while (_queue.Reader.TryPeek(out _))
            {
                Keep(Take());
            }
        }
    }

    private async Task DeliverAsync(byte[] batch, CancellationToken stoppingToken)
    {
        for (var delay = MinDelay; !await TryDeliverAsync(batch, stoppingToken); delay = delay * 2 > MaxDelay ? MaxDelay : delay * 2)
        {
            await Task.Delay(delay, _time, stoppingToken);
        }
    }

    /// <summary>Sends a batch once; true when nothing more is to be done about it.</summary>
    private async Task<bool> TryDeliverAsync(byte[] batch, CancellationToken stoppingToken)
    {
        try
        {
            using var client = _clients.CreateClient();
            using var content = new ByteArrayContent(batch);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await client.PostAsync(Events, content, stoppingToken);
            if (response.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests)
            {
                // Sent again, the same batch would be refused again and hold up the rest.
                LogRefused(_logger, batch.Length, (int)response.StatusCode);
                return true;
            }

            return response.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !stoppingToken.IsCancellationRequested))
        {
            LogWaiting(_logger, failure.Message);
            return false;
        }
    }

    private byte[] Take()
    {
        List<LearningEvent> events = [];
        while (events.Count < BatchSize && _queue.Reader.TryRead(out var next))
        {
            events.Add(next);
        }

        return JsonSerializer.SerializeToUtf8Bytes(new LearningEventBatch(events), LearningEventJson.Default.LearningEventBatch);
    }

    private void Keep(byte[] batch)
    {
        try
        {
            if (_outbox!.TryAdd(_time.GetUtcNow(), batch))
            {
                return;
            }
        }
        catch (IOException failure)
        {
            LogUnwritable(_logger, failure.Message);
        }

        Drop(JsonSerializer.Deserialize(batch, LearningEventJson.Default.LearningEventBatch)!.Events.Count);
    }

    private void Drop(int events)
    {
        var before = Interlocked.Add(ref _dropped, events) - events;
        // At 1, 2, 4, 8, ... of them.
        if (long.Log2(before + events) > (before == 0 ? -1 : long.Log2(before)))
        {
            LogDropped(_logger, before + events);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "TelemetryIngest is away for so long that {Count} learning events were dropped")]
    private static partial void LogDropped(ILogger logger, long count);

    [LoggerMessage(Level = LogLevel.Error, Message = "TelemetryIngest refused a batch of learning events, {Bytes} bytes, with status {Status}")]
    private static partial void LogRefused(ILogger logger, int bytes, int status);

    [LoggerMessage(Level = LogLevel.Error, Message = "Learning events that waited on disk were dropped: they are damaged, or sealed under another Identity:Key")]
    private static partial void LogUnreadable(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "Learning events cannot wait on disk: {Reason}")]
    private static partial void LogUnwritable(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "TelemetryIngest does not answer, learning events wait: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);
}
