using Cronos;
using Lyceum.ModelHost.Nodes;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Upkeep;

/// <summary>Loads models at the times of the schedule.</summary>
internal sealed partial class WarmupSchedule(
    IOptions<UpkeepOptions> options, ModelResolver resolver, ModelWarmth warmth, TimeProvider time, ILogger<WarmupSchedule> logger) : BackgroundService
{
    // A clock that is set, or summer time that begins, is noticed after so long.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(options.Value.Warmup.TimeZone);

    /// <summary>The first time of the schedule after a moment; null for never.</summary>
    internal static DateTimeOffset? NextAfter(CronExpression times, DateTimeOffset moment, TimeZoneInfo zone) => times.GetNextOccurrence(moment, zone)?.ToUniversalTime();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var entries = options.Value.Warmup.Schedule.Select(entry => (Entry: entry, entry.Times)).ToArray();
        var next = entries.Select(entry => NextAfter(entry.Times, time.GetUtcNow(), _zone)).ToArray();
        while (next.Min() is { } soonest)
        {
            var now = time.GetUtcNow();
            if (soonest > now)
            {
                await Task.Delay(soonest - now < Look ? soonest - now : Look, time, stoppingToken);
                continue;
            }

            List<Task> loads = [];
            for (var i = 0; i < entries.Length; i++)
            {
                if (next[i] <= now)
                {
                    next[i] = NextAfter(entries[i].Times, now, _zone);
                    loads.Add(WarmAsync(entries[i].Entry, stoppingToken));
                }
            }

            await Task.WhenAll(loads);
        }
    }

    private Task WarmAsync(WarmupTime entry, CancellationToken cancellationToken) =>
        Task.WhenAll(entry.Models.Split(',', StringSplitOptions.TrimEntries).Select(name => WarmAsync(name, entry.KeepAlive, cancellationToken)));

    private async Task WarmAsync(string name, string keepAlive, CancellationToken cancellationToken)
    {
        switch (await resolver.PlaceAsync(name, cancellationToken))
        {
            case Placement.OnNodes on:
                await warmth.LoadAsync(on.Model, keepAlive, cancellationToken);
                break;
            case Placement.NotFound or Placement.Away:
                LogNowhere(logger, name);
                break;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Model} is to be loaded now, and no node that answers has it")]
    private static partial void LogNowhere(ILogger logger, string model);
}
