using Lyceum.TelemetryIngest.Activity;
using Microsoft.Extensions.Options;

namespace Lyceum.TelemetryIngest.Live;

/// <summary>The class views that somebody watches on this replica: one each, from the first who comes to the last who goes.</summary>
internal sealed class CourseWatches(
    ActivityReader reader,
    IOptions<ActivityOptions> activity,
    IOptions<LiveOptions> options,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<CourseWatches> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Course, ActivityWindow Window), (CourseWatch Watch, CancellationTokenSource Stop)> _watches = [];
    private int _streams;

    /// <summary>Begins to watch; null when too many do. <see cref="Watching.Leave"/> ends it, and is to be called once.</summary>
    public Watching? Join(string course, ActivityWindow window)
    {
        lock (_gate)
        {
            if (_streams >= options.Value.MaxStreams)
            {
                return null;
            }

            _streams++;
            if (!_watches.TryGetValue((course, window), out var known))
            {
                known = (new CourseWatch(course, window, reader, activity.Value, options.Value, time, logger),
                    CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping));
                _watches.Add((course, window), known);
                _ = RunAsync(known.Watch, known.Stop.Token);
            }

            var subscription = new Subscription(options.Value.Heartbeat, time);
            known.Watch.Join(subscription);
            return new Watching(subscription, () => Leave((course, window), known.Watch, subscription));
        }
    }

    /// <summary>Passes on that learners of a course have new events; without learners, that anything may have changed.</summary>
    public void Changed(string? course, IReadOnlyCollection<string>? learners) => Each(course, watch => watch.Changed(learners));

    /// <summary>Passes on that what is derived of a course's events is up to date; without a course, of any.</summary>
    public void Derived(string? course) => Each(course, watch => watch.Audience.Tell(subscriber => subscriber.Derived()));

    private void Each(string? course, Action<CourseWatch> tell)
    {
        lock (_gate)
        {
            foreach (var (watch, _) in _watches.Values)
            {
                if (course is null || watch.Course == course)
                {
                    tell(watch);
                }
            }
        }
    }

    private void Leave((string Course, ActivityWindow Window) key, CourseWatch watch, Subscription subscription)
    {
        lock (_gate)
        {
            _streams--;
            watch.Audience.Leave(subscription);
            if (watch.Audience.IsEmpty && _watches.Remove(key, out var known))
            {
                // Only here: at shutdown the watch ends before those who watch have left.
                known.Stop.Cancel();
                known.Stop.Dispose();
            }
        }
    }

    private static async Task RunAsync(CourseWatch watch, CancellationToken stop)
    {
        try
        {
            await Task.Run(() => watch.RunAsync(stop), stop);
        }
        catch (OperationCanceledException)
        {
            // Nobody watches any more, or the service stops.
        }
    }
}

/// <summary>A client's place at a class view.</summary>
/// <param name="Subscription">What it is sent.</param>
/// <param name="Leave">Gives the place up.</param>
internal sealed record Watching(Subscription Subscription, Action Leave);
