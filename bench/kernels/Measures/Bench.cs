using System.Diagnostics;
using Lyceum.KernelBench.Targets;

namespace Lyceum.KernelBench.Measures;

/// <summary>
/// Measures the targets in turn, round by round, so that what else the machine does falls on all of them.
/// A phase that has used up its time starts no further round, and the report says how many there were.
/// </summary>
internal sealed class Bench(IReadOnlyList<Target> targets, Results results, CancellationToken cancellationToken)
{
    private const int FloodLines = 10_000;
    private const int PythonFloodLines = 2_000;
    private const int DisplayBytes = 50_000_000;
    private const int ManyKernels = 20;
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(5);

    /// <summary>Server memory, at first and with many kernels that each have a client; and how fast these all answer at once.</summary>
    public async Task ManyKernelsAsync(IEnumerable<Target> servers)
    {
        foreach (Target target in servers)
        {
            int process = target.ServerProcess!.Value;
            results.Set(new("server memory, idle", "MB"), target.Name, ProcessStatus.MemoryMegabytes(process));
            var kernels = new List<RunningKernel>();
            try
            {
                kernels.Add(await target.StartKernelAsync(Installation.Echo, cancellationToken));
                await kernels[0].Link.ExecuteAsync("pass", cancellationToken);
                double withOne = ProcessStatus.MemoryMegabytes(process);
                while (kernels.Count < ManyKernels)
                {
                    kernels.Add(await target.StartKernelAsync(Installation.Echo, cancellationToken));
                }

                double withMany = ProcessStatus.MemoryMegabytes(process);
                results.Set(new($"server memory, {ManyKernels} echo kernels", "MB"), target.Name, withMany);
                results.Set(new("server memory per further kernel", "MB"), target.Name, (withMany - withOne) / (ManyKernels - 1));
                await AllAtOnceAsync(target, kernels);
            }
            finally
            {
                await Task.WhenAll(kernels.Select(EndAsync));
            }
        }
    }

    /// <summary>From the request to the first answer. The pause lets a pool fill up again between two starts.</summary>
    public async Task StartsAsync(string kernelspec, int rounds, TimeSpan budget, TimeSpan pause = default)
    {
        Dictionary<Target, Samples> times = await RoundsAsync(rounds, budget, targets, async target =>
        {
            await Task.Delay(pause, cancellationToken);
            RunningKernel kernel = await target.StartKernelAsync(kernelspec, cancellationToken);
            await EndAsync(kernel);
            return [kernel.StartMilliseconds];
        });
        Report(times, new($"{kernelspec}: start to kernel_info reply", "ms"), samples => samples.Median);
        Note($"{kernelspec}: starts", times, "1 start a round");
    }

    public async Task RoundTripsAsync(string kernelspec, IReadOnlyDictionary<Target, Link> links, int rounds, int count, TimeSpan budget)
    {
        Dictionary<Target, Samples> times = await RoundsAsync(rounds, budget, targets, async target =>
        {
            double[] taken = new double[count];
            for (int i = 0; i < count; i++)
            {
                taken[i] = (await links[target].ExecuteAsync("pass", cancellationToken)).Milliseconds;
            }

            return taken;
        });
        ReportRoundTrips(kernelspec, times, count);
    }

    /// <summary>The same with clients in Python, which are what people have.</summary>
    public async Task PythonClientsAsync(string kernelspec, IReadOnlyDictionary<Target, RunningKernel> kernels, int rounds, int count, TimeSpan budget)
    {
        var clients = new Dictionary<Target, PythonClient>();
        try
        {
            foreach (Target target in targets.Where(target => kernels[target].PythonClient.Count > 0))
            {
                clients[target] = new PythonClient(kernels[target].PythonClient);
                await clients[target].ExecuteAsync(count, cancellationToken);
            }

            Dictionary<Target, Samples> times = await RoundsAsync(rounds, budget, [.. clients.Keys], target => clients[target].ExecuteAsync(count, cancellationToken));
            ReportRoundTrips($"{kernelspec}, client in Python", times, count);
        }
        finally
        {
            clients.Values.ToList().ForEach(client => client.Dispose());
        }
    }

    public async Task FloodsAsync(string kernelspec, IReadOnlyDictionary<Target, Link> links, int rounds, TimeSpan budget)
    {
        bool isPython = kernelspec == Installation.Python;
        int lines = isPython ? PythonFloodLines : FloodLines;
        string code = isPython ? $"for i in range({lines}): print('one line of output, as long as most', flush=True)" : $"%flood {lines}";
        Dictionary<Target, Samples> lost = targets.ToDictionary(target => target, _ => new Samples());
        Dictionary<Target, Samples> cpu = targets.ToDictionary(target => target, _ => new Samples());
        Dictionary<Target, Samples> rates = await RoundsAsync(rounds, budget, targets, async target =>
        {
            double before = target.ServerProcess is { } server ? ProcessStatus.CpuMicroseconds(server) : 0;
            Outcome outcome = await links[target].ExecuteAsync(code, cancellationToken);
            lost[target].AddRound(lines - outcome.Lines);
            if (target.ServerProcess is { } process)
            {
                cpu[target].AddRound((ProcessStatus.CpuMicroseconds(process) - before) / lines);
            }

            return [outcome.Lines / outcome.Milliseconds * 1000];
        });
        Report(rates, new($"{kernelspec}: flood of {lines:N0} lines, delivered", "lines/s", IsMoreBetter: true), samples => samples.Median);
        Report(lost, new($"{kernelspec}: lost in all floods", "lines"), samples => samples.Sum);
        Report(cpu, new($"{kernelspec}: server CPU a line sent", "µs"), samples => samples.Median);
        ReportMemory(isPython ? "after the Python floods" : "after the floods");
        Note($"{kernelspec}: floods", rates, "1 flood a round");
    }

    public async Task DisplaysAsync(IReadOnlyDictionary<Target, Link> links, int rounds, TimeSpan budget)
    {
        Dictionary<Target, Samples> times = await RoundsAsync(rounds, budget, targets, async target =>
        {
            Outcome outcome = await links[target].ExecuteAsync($"%display {DisplayBytes}", cancellationToken);
            return outcome.OutputBytes > DisplayBytes ? [outcome.Milliseconds / 1000] : [];
        });
        Report(times, new("echo: one display_data of 50 MB", "s"), samples => samples.Median);
        Note("50 MB displays", times, "1 a round, empty where a limit dropped it");
        ReportMemory("after floods and 50 MB displays");
        await Task.Delay(SettleTime, cancellationToken);
        ReportMemory($"the same, {SettleTime.TotalSeconds} s later");
    }

    public static async Task EndAsync(RunningKernel kernel)
    {
        await kernel.Link.DisposeAsync();
        await kernel.EndAsync();
    }

    private async Task AllAtOnceAsync(Target target, List<RunningKernel> kernels)
    {
        const int Each = 100;
        var rates = new Samples();
        var unevenness = new Samples();
        // The first rounds warm the kernels up and do not count: to compile twenty kernels takes far longer than to answer.
        for (int round = -3; round < 3; round++)
        {
            long start = Stopwatch.GetTimestamp();
            double[] seconds = await Task.WhenAll(kernels.Select(async kernel =>
            {
                for (int i = 0; i < Each; i++)
                {
                    await kernel.Link.ExecuteAsync("pass", cancellationToken);
                }

                return Stopwatch.GetElapsedTime(start).TotalSeconds;
            }));
            if (round >= 0)
            {
                rates.AddRound(kernels.Count * Each / seconds.Max());
                unevenness.AddRound(seconds.Max() / seconds.Order().ElementAt(seconds.Length / 2));
            }
        }

        results.Set(new($"{ManyKernels} echo kernels at once, all together", "exec/s", IsMoreBetter: true), target.Name, rates.Median);
        results.Set(new("of these, the slowest kernel's time over the median's", "times"), target.Name, unevenness.Median);
    }

    private static async Task<Dictionary<Target, Samples>> RoundsAsync(int rounds, TimeSpan budget, IReadOnlyList<Target> order, Func<Target, Task<double[]>> measure)
    {
        Dictionary<Target, Samples> samples = order.ToDictionary(target => target, _ => new Samples());
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < rounds && (round == 0 || Stopwatch.GetElapsedTime(start) < budget); round++)
        {
            // Another one first each time.
            for (int i = 0; i < order.Count; i++)
            {
                Target target = order[(round + i) % order.Count];
                double[] values = await measure(target);
                if (values.Length > 0)
                {
                    samples[target].AddRound(values);
                }
            }
        }

        return samples;
    }

    private void ReportMemory(string when)
    {
        foreach (Target target in targets.Where(target => target.ServerProcess is not null))
        {
            results.Set(new($"server memory, {when}", "MB"), target.Name, ProcessStatus.MemoryMegabytes(target.ServerProcess!.Value));
        }
    }

    private void Report(Dictionary<Target, Samples> all, Measure measure, Func<Samples, double?> value)
    {
        foreach ((Target target, Samples samples) in all)
        {
            results.Set(measure, target.Name, value(samples));
        }
    }

    private void ReportRoundTrips(string what, Dictionary<Target, Samples> times, int count)
    {
        Report(times, new($"{what}: execute, reply and idle seen, p50", "ms"), samples => samples.Median);
        Report(times, new($"{what}: the same, p10", "ms"), samples => samples.P10);
        Report(times, new($"{what}: the same, p99", "ms"), samples => samples.P99);
        Note($"{what}: round trips", times, $"{count} a round");
    }

    private void Note(string what, Dictionary<Target, Samples> all, string size) =>
        results.Notes.Add($"{what}: {all.Values.Max(samples => samples.Rounds)} rounds, {size}");
}
