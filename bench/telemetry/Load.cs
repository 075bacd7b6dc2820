using System.Collections.Concurrent;
using System.Diagnostics;
using Lyceum.Testing;

namespace Lyceum.TelemetryBench;

/// <summary>What a phase came to.</summary>
/// <param name="PerSecond">Events or rows a second.</param>
/// <param name="P50">The median time of a request, ms.</param>
/// <param name="P99">The 99th percentile, ms.</param>
/// <param name="Refused">Requests that were not answered with 200.</param>
internal sealed record Outcome(double PerSecond, double P50, double P99, int Refused);

/// <summary>Clients that send batches over HTTP, each the next as soon as the last is acknowledged.</summary>
internal static class Load
{
    private const string Events = "/telemetry/events";

    public static async Task<Outcome> RunAsync(ServiceProcess service, int clients, int batch, TimeSpan length)
    {
        var times = new ConcurrentQueue<double>();
        var refused = 0;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => SendAsync(client))));
        var took = Stopwatch.GetElapsedTime(start);
        double[] sorted = [.. times.Order()];
        return new Outcome(sorted.Length * batch / took.TotalSeconds, Percentile.Of(sorted, 0.5), Percentile.Of(sorted, 0.99), refused);

        async Task SendAsync(int client)
        {
            using var connection = await RawConnection.OpenAsync(service.Address, Events);
            for (var i = client; Stopwatch.GetElapsedTime(start) < length; i += clients)
            {
                var body = SampleEvents.Batch(batch, i);
                var sent = Stopwatch.GetTimestamp();
                if (await connection.PostAsync(body) == 200)
                {
                    times.Enqueue(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                }
                else
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }
    }
}

internal static class Percentile
{
    /// <summary>The smallest value that so large a part is not above; the values sorted.</summary>
    public static double Of(double[] sorted, double part) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)];
}
