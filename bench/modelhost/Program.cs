using System.Diagnostics;
using System.Globalization;
using Lyceum.KernelBench.Measures;
using Lyceum.ModelHostBench;

using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(6));
long start = Stopwatch.GetTimestamp();
DateTimeOffset now = TimeProvider.System.GetUtcNow();
string load = string.Join(' ', (await File.ReadAllTextAsync("/proc/loadavg", limit.Token)).Split(' ')[..3]);
var installation = new Installation();
string date = now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
string folder = Path.Combine(installation.Repository, "bench", "results");
var results = new Results([Stack.Direct, Stack.Nginx, Stack.ModelHost]);

Say("the simulated class");
(string svg, double leastShare, double longestWait) = SharesPlot.Draw();
string plot = $"modelhost-shares-{date}.svg";
await File.WriteAllTextAsync(Path.Combine(folder, plot), svg, limit.Token);

await using (Stack stack = await Stack.SyntheticAsync(installation, limit.Token))
{
    var bench = new Bench(stack.Targets, results, limit.Token);
    Say("the first minute");
    await bench.FirstMinuteAsync();
    Say("paced");
    await bench.PacedAsync(rounds: 5);
    Say("first token");
    await bench.FirstTokenAsync(rounds: 5);
    if (args is ["--quick"])
    {
        // What one looks at while working on the path.
        Console.WriteLine(Report.Table(results));
        return;
    }

    Say("clients that go");
    await bench.LeavingAsync(rounds: 5);
    Say("unpaced");
    await bench.UnpacedAsync(rounds: 5);
    Say("1,000 streams");
    await bench.ManyAsync();
}

await using (Stack stack = await Stack.EngineAsync(installation, limit.Token))
{
    Say("real engine");
    await new Bench(stack.Targets, results, limit.Token).EngineAsync(rounds: 7);
}

string report = Report.Write(results, now, Stopwatch.GetElapsedTime(start), load, plot, leastShare, longestWait);
await File.WriteAllTextAsync(args is [var chosen] ? chosen : Path.Combine(folder, $"modelhost-{date}.md"), report, limit.Token);
Console.WriteLine(report);

void Say(string phase) => Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalSeconds,6:F1} s  {phase}");
