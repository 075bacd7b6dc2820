using System.Net;
using System.Net.Http.Json;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lyceum.ServiceDefaults.LearningEvents;

/// <summary>
/// Sends this service's learning events to TelemetryIngest in the background: in order, in batches, repeated until they are
/// acknowledged. Holds at most <see cref="Capacity"/> events; beyond that the newest are dropped and counted in the log.
/// </summary>
public sealed partial class LearningEventSender(IHttpClientFactory clients, TimeProvider time, ILogger<LearningEventSender> logger) : BackgroundService
{
    /// <summary>How many events may wait.</summary>
    public const int Capacity = 10_000;

    private const int BatchSize = 200;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(3);

    private readonly Channel<LearningEvent> _queue = Channel.CreateBounded<LearningEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private long _dropped;

    /// <summary>Takes an event for sending; never waits. False when the queue is full and the event was dropped.</summary>
    public bool TrySend(LearningEvent learningEvent)
    {
        if (_queue.Writer.TryWrite(learningEvent))
        {
            return true;
        }

        if (Interlocked.Increment(ref _dropped) is var count && (count & (count - 1)) == 0)
        {
            LogDropped(logger, count);
        }

        return false;
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } running)
        {
            await Task.WhenAny(running, Task.Delay(FlushTime, time, cancellationToken));
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            List<LearningEvent> batch = [];
            while (batch.Count < BatchSize && _queue.Reader.TryRead(out var next))
            {
                batch.Add(next);
            }

            await DeliverAsync(new LearningEventBatch(batch), stoppingToken);
        }
    }

    private async Task DeliverAsync(LearningEventBatch batch, CancellationToken stoppingToken)
    {
        for (var delay = TimeSpan.FromMilliseconds(250); ; delay = delay * 2 > MaxDelay ? MaxDelay : delay * 2)
        {
            try
            {
                using var client = clients.CreateClient();
                using var response = await client.PostAsJsonAsync(new Uri("http://telemetryingest/telemetry/events"), batch, LearningEventJson.Default.LearningEventBatch, stoppingToken);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }

                if (response.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests)
                {
                    // Sent again, the same batch would be refused again and hold up the rest.
                    LogRefused(logger, batch.Events.Count, (int)response.StatusCode);
                    return;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !stoppingToken.IsCancellationRequested))
            {
                LogWaiting(logger, failure.Message);
            }

            await Task.Delay(delay, time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "TelemetryIngest is away for so long that {Count} learning events were dropped")]
    private static partial void LogDropped(ILogger logger, long count);

    [LoggerMessage(Level = LogLevel.Error, Message = "TelemetryIngest refused {Count} learning events with status {Status}")]
    private static partial void LogRefused(ILogger logger, int count, int status);

    [LoggerMessage(Level = LogLevel.Debug, Message = "TelemetryIngest does not answer, learning events wait: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);
}

/// <summary>Registers <see cref="LearningEventSender"/>.</summary>
public static class LearningEventHosting
{
    /// <summary>Lets the service report learning events through <see cref="LearningEventSender"/>.</summary>
    public static void AddLearningEvents(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<LearningEventSender>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<LearningEventSender>());
    }
}
