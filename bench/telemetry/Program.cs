using System.Diagnostics;
using System.Globalization;
using Lyceum.TelemetryBench;

if (BenchOptions.Read(args) is not { } options)
{
    Console.Error.WriteLine(BenchOptions.Usage);
    return 2;
}

var started = Stopwatch.GetTimestamp();
var now = TimeProvider.System.GetUtcNow();
var machine = Machine.Describe();
var intake = options.Measures("ingest") ? await Intake.RunAsync(Say) : null;
var views = options.Measures("views") ? await Views.RunAsync(options.Events, options.Data, Say) : null;
var page = Page.Write(now, Stopwatch.GetElapsedTime(started), args, machine, intake, views);
Console.WriteLine(page);
if (options.Only is null || options.Page is not null)
{
    await File.WriteAllTextAsync(
        options.Page ?? Path.Combine(Machine.Repository, "bench", "results", $"telemetry-{now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.md"), page);
}

return 0;

void Say(string phase) => Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds,6:F1} s  {phase}");
