using System.Diagnostics;
using System.Globalization;
using Lyceum.KernelBench;
using Lyceum.KernelBench.Measures;
using Lyceum.KernelBench.Targets;

using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(400));
long start = Stopwatch.GetTimestamp();
DateTimeOffset now = TimeProvider.System.GetUtcNow();
IReadOnlyList<string> machine = await Machine.DescribeAsync(limit.Token);
using var installation = new Installation();
await using var floor = new DirectTarget(installation);
await using var relay = new DirectTarget(installation, isRelayed: true);
await using ServerTarget service = await ServerTarget.StartAsync("KernelService", ServerLaunch.KernelService(installation), limit.Token);
if (args is ["--quick"])
{
    // What one looks at while working on the path: no peers, the echo kernel alone, and no file.
    var quick = new Results([floor.Name, relay.Name, service.Name]);
    await PathAsync(new Bench([floor, relay, service], quick, limit.Token), Installation.Echo, [floor, relay, service]);
    Console.WriteLine(Report.Write(quick, floor.Name, service.Name, [], now, Stopwatch.GetElapsedTime(start), machine));
    return;
}

await using ServerTarget stock = await ServerTarget.StartAsync("jupyter server", ServerLaunch.JupyterServer(installation, isTuned: false), limit.Token);
await using ServerTarget tuned = await ServerTarget.StartAsync("jupyter server, Nagle and limits off", ServerLaunch.JupyterServer(installation, isTuned: true), limit.Token);

Target[] targets = [floor, service, stock, tuned];
Target[] withRelay = [floor, relay, service, stock, tuned];
var results = new Results([.. withRelay.Select(target => target.Name)]);
var bench = new Bench(targets, results, limit.Token);

Say("20 kernels");
await bench.ManyKernelsAsync([service, tuned]);
Say("starts");
await bench.StartsAsync(Installation.Echo, rounds: 3, TimeSpan.FromSeconds(12));
await bench.StartsAsync(Installation.Python, rounds: 3, TimeSpan.FromSeconds(20));
await bench.StartsAsync(Installation.WarmPython, rounds: 5, TimeSpan.FromSeconds(25), pause: TimeSpan.FromSeconds(0.7));
await PathAsync(new Bench(withRelay, results, limit.Token), Installation.Echo, withRelay);
await PathAsync(bench, Installation.Python, targets);

string report = Report.Write(results, floor.Name, service.Name, [stock.Name, tuned.Name], now, Stopwatch.GetElapsedTime(start), machine);
string path = args is [var chosen] ? chosen : Path.Combine(installation.Repository, "bench", "results", $"kernels-{now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.md");
await File.WriteAllTextAsync(path, report, limit.Token);
Console.WriteLine(report);

// Round trips, floods and a large output through all targets, each with a kernel of its own.
async Task PathAsync(Bench measuring, string kernelspec, Target[] through)
{
    bool isEcho = kernelspec == Installation.Echo;
    var kernels = new Dictionary<Target, RunningKernel>();
    try
    {
        foreach (Target target in through)
        {
            RunningKernel kernel = kernels[target] = await target.StartKernelAsync(kernelspec, limit.Token);
            // Compiled and cached before anything counts, as a service is that runs for months: code is compiled again once it has
            // been counted, in the background. Less of it where each takes 44 ms.
            for (int flood = 0; flood < 3; flood++)
            {
                for (int i = 0; i < (target.Name == "jupyter server" ? 10 : isEcho ? 500 : 100); i++)
                {
                    await kernel.Link.ExecuteAsync("pass", limit.Token);
                }

                await kernel.Link.ExecuteAsync(isEcho ? "%flood 5000" : "for i in range(200): print(i, flush=True)", limit.Token);
            }
        }

        Dictionary<Target, Link> links = kernels.ToDictionary(pair => pair.Key, pair => pair.Value.Link);
        Say($"{kernelspec}: round trips");
        await measuring.RoundTripsAsync(kernelspec, links, rounds: 5, count: isEcho ? 100 : 40, TimeSpan.FromSeconds(25));
        if (isEcho)
        {
            Say($"{kernelspec}: round trips of clients in Python");
            await measuring.PythonClientsAsync(kernelspec, kernels, rounds: 5, count: 100, TimeSpan.FromSeconds(25));
        }

        Say($"{kernelspec}: floods");
        await measuring.FloodsAsync(kernelspec, links, rounds: 3, TimeSpan.FromSeconds(isEcho ? 25 : 10));
        if (isEcho)
        {
            Say("50 MB");
            await measuring.DisplaysAsync(links, rounds: 3, TimeSpan.FromSeconds(10));
        }
    }
    finally
    {
        await Task.WhenAll(kernels.Values.Select(Bench.EndAsync));
    }
}

void Say(string phase) => Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalSeconds,6:F1} s  {phase}");
