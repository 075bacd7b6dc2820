using System.Diagnostics;
using System.Globalization;
using Lyceum.KernelBench;
using Lyceum.KernelBench.Measures;
using Lyceum.KernelBench.Targets;

using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(175));
long start = Stopwatch.GetTimestamp();
DateTimeOffset now = TimeProvider.System.GetUtcNow();
IReadOnlyList<string> machine = await Machine.DescribeAsync(limit.Token);
using var installation = new Installation();
await using var floor = new DirectTarget(installation);
await using ServerTarget service = await ServerTarget.StartAsync("KernelService", ServerLaunch.KernelService(installation), limit.Token);
await using ServerTarget stock = await ServerTarget.StartAsync("jupyter server", ServerLaunch.JupyterServer(installation, isTuned: false), limit.Token);
await using ServerTarget tuned = await ServerTarget.StartAsync("jupyter server, Nagle and limits off", ServerLaunch.JupyterServer(installation, isTuned: true), limit.Token);

Target[] targets = [floor, service, stock, tuned];
var results = new Results([.. targets.Select(target => target.Name)]);
var bench = new Bench(targets, results, limit.Token);

Say("20 kernels");
await bench.ManyKernelsAsync([service, tuned]);
Say("starts");
await bench.StartsAsync(Installation.Echo, rounds: 3, TimeSpan.FromSeconds(12));
await bench.StartsAsync(Installation.Python, rounds: 3, TimeSpan.FromSeconds(20));
await bench.StartsAsync(Installation.WarmPython, rounds: 5, TimeSpan.FromSeconds(25), pause: TimeSpan.FromSeconds(0.7));

foreach (string kernelspec in (string[])[Installation.Echo, Installation.Python])
{
    bool isEcho = kernelspec == Installation.Echo;
    var kernels = new Dictionary<Target, RunningKernel>();
    try
    {
        foreach (Target target in targets)
        {
            RunningKernel kernel = kernels[target] = await target.StartKernelAsync(kernelspec, limit.Token);
            // Compiled and cached before anything counts.
            for (int i = 0; i < (target == stock ? 20 : 200); i++)
            {
                await kernel.Link.ExecuteAsync("pass", limit.Token);
            }

            await kernel.Link.ExecuteAsync(isEcho ? "%flood 2000" : "for i in range(200): print(i, flush=True)", limit.Token);
        }

        Dictionary<Target, Link> links = kernels.ToDictionary(pair => pair.Key, pair => pair.Value.Link);
        Say($"{kernelspec}: round trips");
        await bench.RoundTripsAsync(kernelspec, links, rounds: 5, count: isEcho ? 100 : 40, TimeSpan.FromSeconds(25));
        Say($"{kernelspec}: floods");
        await bench.FloodsAsync(kernelspec, links, rounds: 3, TimeSpan.FromSeconds(isEcho ? 25 : 10));
        if (isEcho)
        {
            Say("50 MB");
            await bench.DisplaysAsync(links, rounds: 3, TimeSpan.FromSeconds(10));
        }
    }
    finally
    {
        await Task.WhenAll(kernels.Values.Select(Bench.EndAsync));
    }
}

string report = Report.Write(results, floor.Name, service.Name, tuned.Name, now, Stopwatch.GetElapsedTime(start), machine);
string path = args is [var chosen] ? chosen : Path.Combine(installation.Repository, "bench", "results", $"kernels-{now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.md");
await File.WriteAllTextAsync(path, report, limit.Token);
Console.WriteLine(report);

void Say(string phase) => Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalSeconds,6:F1} s  {phase}");
