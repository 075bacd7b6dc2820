using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Lyceum.ChatBench;
using Lyceum.Testing;

// ChatBench [--quick] [file for the page]
using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(30));
var started = Stopwatch.GetTimestamp();
var now = TimeProvider.System.GetUtcNow();
var load = string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);
var quick = args.Contains("--quick");
var repository = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.Parent!.FullName;
var file = args is [.., var last] && last.EndsWith(".md", StringComparison.Ordinal) ? last
    : Path.Combine(repository, "bench", "results", $"chat-{now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.md");
var postgres = new PostgresServer { IsDurable = true };
await postgres.InitializeAsync();
try
{
    List<Row> rows = [];
    await using (var stack = await Stack.StartAsync(postgres))
    {
        var measurements = new Measurements(stack, limit.Token);
        Say("first token");
        rows.AddRange(await measurements.FirstTokenAsync(rounds: quick ? 2 : 7, each: quick ? 10 : 60));
        Say("idle streams");
        rows.AddRange(await measurements.IdleAsync(quick ? 100 : 1000));
        Say("many turns");
        rows.AddRange(await measurements.ManyAsync(quick ? 50 : 500));
        Say("history");
        rows.AddRange(await measurements.HistoryAsync(quick ? 20_000 : 1_000_000, quick ? 100 : 1000));
    }

    var page = $"""
        # Chat, {now:yyyy-MM-dd}

        {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; clients, model node, services and PostgreSQL (fsync on) share them. Load average at the start: {load}. How it is done: [README](../README.md).

        | | measured | goal, at most |
        |---|---:|---:|
        {string.Join('\n', rows.Select(row => $"| {row.Title} | {row.Value} | {row.Goal} |"))}

        """;
    await File.WriteAllTextAsync(file, page, limit.Token);
    Console.WriteLine(page);
    Say("done");
}
finally
{
    await postgres.DisposeAsync();
}

void Say(string phase) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds,6:F1} s  {phase}"));
