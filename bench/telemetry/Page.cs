using System.Globalization;
using System.Text;

namespace Lyceum.TelemetryBench;

/// <summary>The figures as a page of Markdown: medians of the rounds.</summary>
internal static class Page
{
    /// <summary>What a commercial LRS publishes, statements a second on 16 cores.</summary>
    private const double PublishedLrs = 3000;

    public static string Write(DateTimeOffset at, TimeSpan took, IEnumerable<string> args, IReadOnlyList<string> machine, Intake? intake, Views? views)
    {
        var text = new StringBuilder();
        string[] options = [.. args.Select((one, i) => i > 0 && args.ElementAt(i - 1) is "--data" or "--page" ? "..." : one)];
        Line($"# Telemetry, {at:yyyy-MM-dd HH:mm} UTC");
        Line($"");
        Line($"Made by `dotnet run -c Release --project bench/telemetry/Telemetry.csproj{(options is [] ? "" : $" -- {string.Join(' ', options)}")}` in {took.TotalSeconds:F0} s. What each row means: `bench/README.md`.");
        Line($"");
        foreach (var fact in machine)
        {
            Line($"- {fact}");
        }

        Line($"");
        if (intake is not null)
        {
            Write(Line, intake);
        }

        if (views is not null)
        {
            Write(Line, views);
        }

        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static void Write(Action<FormattableString> line, Intake intake)
    {
        var copy = Rate(intake.Copy);
        var batches = Rate(intake.Batches);
        line($"| | events/s | p50 ms | p99 ms | refused |");
        line($"|---|---:|---:|---:|---:|");
        Row("floor: binary COPY, same indexes, one connection", intake.Copy);
        Row("floor: single-row commits, 1 client", intake.Single);
        Row("single-row commits, 16 clients", intake.Singles);
        Row("TelemetryIngest, batches of 50, 32 clients", intake.Batches);
        Row("TelemetryIngest, batches of one, 256 clients", intake.Ones);
        line($"");
        line($"Medians of {intake.Copy.Count} rounds, in each of which all of them took turns.");
        line($"");
        line($"| goal | | reached |");
        line($"|---|---:|---:|");
        line($"| batches of 50 over COPY | at least 0.5 | {batches / copy:F2} |");
        line($"| batches of 50, p99 | under 150 ms | {Median(intake.Batches, one => one.P99):F0} ms |");
        line($"| batches of 50 over the {PublishedLrs:N0} statements/s that a commercial LRS publishes for 16 cores | at least 10 | {batches / PublishedLrs:F1} |");
        line($"| batches of one over single-row commits of one client | at least 8 | {Rate(intake.Ones) / Rate(intake.Single):F1} |");
        line($"| service's peak memory (RSS) | under 300 MB | {intake.Memory:F0} MB |");
        line($"");

        void Row(string name, List<Outcome> outcomes) =>
            line($"| {name} | {Rate(outcomes):N0} | {Number(Median(outcomes, one => one.P50))} | {Number(Median(outcomes, one => one.P99))} | {outcomes.Sum(one => one.Refused)} |");
    }

    private static void Write(Action<FormattableString> line, Views views)
    {
        line($"A class of {History.Learners} among {views.Events:N0} events:");
        line($"");
        line($"| class view's query | p50 ms | p95 ms | answer, KB |");
        line($"|---|---:|---:|---:|");
        foreach (var query in views.Queries)
        {
            line($"| {query.Name} | {query.P50:F1} | {query.P95:F1} | {query.Bytes / 1e3:F0} |");
        }

        line($"");
        line($"| goal | | reached |");
        line($"|---|---:|---:|");
        line($"| class view's queries, p95 | under 50 ms on 10,000,000 events | {views.Queries.Max(query => query.P95):F0} ms, the slowest, on {views.Events:N0} |");
        line($"| from sending an event until the open class view has it | within 2 s | {views.Update.P50:F0} ms, the longest {views.Update.Longest:F0} ms |");
        line($"| replay of a notebook with {views.Edits:N0} edits ({views.Replay.Bytes / 1e6:F1} MB), p95 | under 1000 ms | {views.Replay.P95:F0} ms (p50 {views.Replay.P50:F0} ms) |");
        line($"");
    }

    private static double Rate(List<Outcome> outcomes) => Median(outcomes, one => one.PerSecond);

    private static double Median(List<Outcome> outcomes, Func<Outcome, double> value) => outcomes.Select(value).Order().ElementAt(outcomes.Count / 2);

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("F1", CultureInfo.InvariantCulture);
}
