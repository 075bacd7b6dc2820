using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Lyceum.ChatBench;
using Lyceum.Testing;

// ChatBench [--quick] [--only first|idle|many|history] [file for the page]
using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(30));
var started = Stopwatch.GetTimestamp();
var now = TimeProvider.System.GetUtcNow();
var load = string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);
var quick = args.Contains("--quick");
var only = args.SkipWhile(argument => argument != "--only").Skip(1).FirstOrDefault();
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
        await using var measurements = new Measurements(stack, limit.Token);
        await MeasureAsync("first", () => measurements.FirstTokenAsync(rounds: quick ? 2 : 7, each: quick ? 10 : 60));
        await MeasureAsync("idle", () => measurements.IdleAsync(quick ? 100 : 1000));
        await MeasureAsync("many", () => measurements.ManyAsync(quick ? 50 : 500));
        await MeasureAsync("history", () => measurements.HistoryAsync(quick ? 20_000 : 1_000_000, quick ? 100 : 1000));
    }

    async Task MeasureAsync(string phase, Func<Task<IReadOnlyList<Row>>> measure)
    {
        if (only is null || only == phase)
        {
            Say(phase);
            rows.AddRange(await measure());
        }
    }

    var page = $"""
        # Chat, {now:yyyy-MM-dd}

        {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; clients, model node, services and PostgreSQL (fsync on) share them. Load average at the start: {load}. How it is done: [README](../README.md).

        | | measured | goal, at most |
        |---|---:|---:|
        {string.Join('\n', rows.Select(row => $"| {row.Title} | {row.Value} | {row.Goal} |"))}

        """;
    Console.WriteLine(page);
    if (only is null)
    {
        await File.WriteAllTextAsync(file, page, limit.Token);
    }

    Say("done");
}
finally
{
    await postgres.DisposeAsync();
}

void Say(string phase) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds,6:F1} s  {phase}"));
