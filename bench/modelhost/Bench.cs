using System.Diagnostics;
using System.Globalization;
using Lyceum.KernelBench.Measures;

namespace Lyceum.ModelHostBench;

/// <summary>The measurements. The targets take turns within each round, another one first each time.</summary>
internal sealed class Bench(IReadOnlyList<Target> targets, Results results, CancellationToken cancellationToken)
{
    private const int Streams = 16;

    /// <summary>
    /// A minute of what the paced measurement does, before every target at once: what each costs when it has just been started. Then some
    /// requests more than it had, so that what only their beginnings and ends run is compiled and cached as well.
    /// </summary>
    public async Task FirstMinuteAsync()
    {
        const int Lines = 6000;
        const int Requests = 20;
        await Task.WhenAll(targets.Select(async target =>
        {
            await AllAsync(target, Streams, $$"""{"num_predict":{{Lines}},"rate":100}""");
            // Since its start, with the start.
            results.Set(new("CPU in the first minute, the start included, a token", "µs"), target.Name, target.Process is null ? null : Cpu(target) / (Streams * Lines));
        }));
        for (int i = 0; i < Requests; i++)
        {
            await RoundsAsync(1, target => AllAsync(target, Streams, """{"num_predict":20,"rate":200}"""));
        }

        results.Notes.Add($"first minute: {Streams} streams of {Lines:N0} tokens, all targets at the same time; then {Requests} times {Streams} requests each");
    }

    public async Task PacedAsync(int rounds)
    {
        const int Lines = 400;
        var delays = New();
        // Linux tells it in ticks of 10 ms, so it counts over all rounds together.
        var cpu = targets.ToDictionary(target => target, _ => 0.0);
        await RoundsAsync(rounds, async target =>
        {
            double before = Cpu(target);
            TokenStream[] streams = await AllAsync(target, Streams, $$"""{"num_predict":{{Lines}},"rate":100}""");
            cpu[target] += Cpu(target) - before;
            delays[target].AddRound([.. streams.SelectMany(stream => stream.Delays)]);
        });
        Set("16 streams of 100 tokens/s: delay of a token, p50", "ms", delays, samples => samples.Median);
        Set("the same, p99", "ms", delays, samples => samples.P99);
        foreach (Target target in targets)
        {
            results.Set(new("CPU of the process in between, a token", "µs"), target.Name, target.Process is null ? null : cpu[target] / (rounds * Streams * Lines));
        }

        results.Notes.Add($"paced: {rounds} rounds of {Streams} streams of {Lines} tokens");
    }

    public async Task FirstTokenAsync(int rounds)
    {
        const int Each = 60;
        var first = New();
        await RoundsAsync(rounds, async target =>
        {
            using var stream = new TokenStream(target);
            await stream.RunAsync("""{"num_predict":1}""", cancellationToken);
            var times = new double[Each];
            for (int i = 0; i < Each; i++)
            {
                await stream.AskAsync("""{"num_predict":1}""", cancellationToken);
                times[i] = stream.First;
            }

            first[target].AddRound(times);
        });
        Set("request to first token, one client, p50", "ms", first, samples => samples.Median);
        Set("the same, p99 ", "ms", first, samples => samples.P99);
        results.Notes.Add($"first token: {rounds} rounds of {Each} requests on one connection");
    }

    public async Task LeavingAsync(int rounds)
    {
        const int Each = 10;
        var taken = New();
        using var node = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{targets[0].Port}") };
        await RoundsAsync(rounds, async target =>
        {
            var times = new double[Each];
            for (int i = 0; i < Each; i++)
            {
                using var stream = new TokenStream(target);
                long left = await stream.LeaveAsync("""{"num_predict":100000,"rate":100}""", cancellationToken);
                long seen = 0;
                while (seen == 0)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
                    seen = long.Parse(await node.GetStringAsync(new Uri("/gone", UriKind.Relative), cancellationToken), CultureInfo.InvariantCulture);
                }

                times[i] = (seen - left) / 1e6;
            }

            taken[target].AddRound(times);
        });
        Set("a client goes: until the node knows, p50", "ms", taken, samples => samples.Median);
        Set("the same, p99  ", "ms", taken, samples => samples.P99);
        results.Notes.Add($"clients that go: {rounds} rounds of {Each}");
    }

    public async Task UnpacedAsync(int rounds)
    {
        const int Lines = 100_000;
        const int Together = 4;
        var rates = New();
        // Full buffers take other paths than single tokens.
        await RoundsAsync(2, async target => await AllAsync(target, Together, $$"""{"num_predict":{{Lines}}}"""));
        await RoundsAsync(rounds, async target =>
        {
            long start = Stopwatch.GetTimestamp();
            await AllAsync(target, Together, $$"""{"num_predict":{{Lines}}}""");
            rates[target].AddRound(Together * Lines / Stopwatch.GetElapsedTime(start).TotalSeconds);
        });
        Set("4 streams as fast as they go", "tokens/s", rates, samples => samples.Median);
        results.Notes.Add($"unpaced: {rounds} rounds of {Together} streams of {Lines:N0} tokens");
    }

    public async Task EngineAsync(int rounds)
    {
        const int Together = 4;
        var rates = New();
        // These processes have just been started.
        await Task.WhenAll(targets.Select(target => RepeatAsync(TimeSpan.FromSeconds(20), () => AllAsync(target, Together, """{"num_predict":100}"""))));
        await RoundsAsync(rounds, async target =>
        {
            long start = Stopwatch.GetTimestamp();
            int tokens = 0;
            for (int i = 0; i < 3; i++)
            {
                tokens += (await AllAsync(target, Together, """{"num_predict":400,"seed":7,"temperature":0.8}""")).Sum(stream => stream.Lines);
            }

            rates[target].AddRound(tokens / Stopwatch.GetElapsedTime(start).TotalSeconds);
        });
        Set("real engine, 4 streams", "tokens/s", rates, samples => samples.Median);
        results.Notes.Add($"real engine: {rounds} rounds of three times {Together} streams, the same seed each time");
    }

    /// <summary>A thousand streams at once: that they all end well, and what each holds meanwhile.</summary>
    public async Task ManyAsync()
    {
        const int Many = 1000;
        foreach (Target target in targets.Where(target => target.Process is not null))
        {
            double before = ProcessStatus.MemoryMegabytes(target.Process!.Value);
            Task<TokenStream[]> running = AllAsync(target, Many, """{"num_predict":16,"rate":2}""");
            double most = before;
            while (!running.IsCompleted)
            {
                most = Math.Max(most, ProcessStatus.MemoryMegabytes(target.Process.Value));
                await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken));
            }

            results.Set(new("1,000 streams at once, whole", "streams", IsMoreBetter: true), target.Name, (await running).Count(stream => stream.Lines == 16));
            results.Set(new("memory a stream meanwhile", "KB"), target.Name, (most - before) * 1e6 / 1024 / Many);
        }
    }

    private async Task<TokenStream[]> AllAsync(Target target, int count, string options) => await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
    {
        using var stream = new TokenStream(target);
        await stream.RunAsync(options, cancellationToken);
        return stream;
    }));

    private static async Task RepeatAsync(TimeSpan duration, Func<Task> action)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            await action();
        }
    }

    private async Task RoundsAsync(int rounds, Func<Target, Task> measure)
    {
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < targets.Count; i++)
            {
                await measure(targets[(round + i) % targets.Count]);
            }
        }
    }

    private static double Cpu(Target target) => target.Process is { } process ? ProcessStatus.CpuMicroseconds(process) : 0;

    private Dictionary<Target, Samples> New() => targets.ToDictionary(target => target, _ => new Samples());

    private void Set(string title, string unit, Dictionary<Target, Samples> all, Func<Samples, double?> value)
    {
        foreach ((Target target, Samples samples) in all)
        {
            results.Set(new(title, unit), target.Name, value(samples));
        }
    }
}
