using System.Globalization;
using System.Text;

namespace Lyceum.TelemetryBench;

/// <summary>What was measured, by round.</summary>
internal sealed record Figures(
    List<Outcome> Copy, List<Outcome> Single, List<Outcome> Singles, List<Outcome> Batches, List<Outcome> Ones, double Memory, int Events, (double P50, double P95, int Learners) View,
    int Edits, (double P50, double P95, int Bytes) Replay);

/// <summary>The figures as a page of Markdown: medians of the rounds.</summary>
internal static class Page
{
    /// <summary>What a commercial LRS publishes, statements a second on 16 cores.</summary>
    private const double PublishedLrs = 3000;

    public static string Write(DateTimeOffset at, TimeSpan took, IReadOnlyList<string> machine, Figures figures)
    {
        var text = new StringBuilder();
        var copy = Rate(figures.Copy);
        var single = Rate(figures.Single);
        var batches = Rate(figures.Batches);
        var ones = Rate(figures.Ones);
        Line($"# Telemetry, {at:yyyy-MM-dd HH:mm} UTC");
        Line($"");
        Line($"Made by `dotnet run -c Release --project bench/telemetry/Telemetry.csproj` in {took.TotalSeconds:F0} s. What each row means: `bench/README.md`.");
        Line($"");
        foreach (var fact in machine)
        {
            Line($"- {fact}");
        }

        Line($"");
        Line($"| | events/s | p50 ms | p99 ms | refused |");
        Line($"|---|---:|---:|---:|---:|");
        Row("floor: binary COPY, same indexes, one connection", figures.Copy);
        Row("floor: single-row commits, 1 client", figures.Single);
        Row("single-row commits, 16 clients", figures.Singles);
        Row("TelemetryIngest, batches of 50, 32 clients", figures.Batches);
        Row("TelemetryIngest, batches of one, 256 clients", figures.Ones);
        Line($"");
        Line($"| goal | | reached |");
        Line($"|---|---:|---:|");
        Line($"| batches of 50 over COPY | at least 0.5 | {batches / copy:F2} |");
        Line($"| batches of 50, p99 | under 150 ms | {Median(figures.Batches, one => one.P99):F0} ms |");
        Line($"| batches of 50 over the {PublishedLrs:N0} statements/s that a commercial LRS publishes for 16 cores | at least 10 | {batches / PublishedLrs:F1} |");
        Line($"| batches of one over single-row commits of one client | at least 8 | {ones / single:F1} |");
        Line($"| service's peak memory (RSS) | under 300 MB | {figures.Memory:F0} MB |");
        Line($"| class view of {figures.View.Learners} learners on {figures.Events:N0} events, p95 | under 50 ms on 10,000,000 | {figures.View.P95:F0} ms (p50 {figures.View.P50:F0} ms) |");
        Line($"| replay of a notebook with {figures.Edits:N0} edits ({figures.Replay.Bytes / 1e6:F1} MB), p95 | under 1000 ms | {figures.Replay.P95:F0} ms (p50 {figures.Replay.P50:F0} ms) |");
        Line($"");
        Line($"Medians of {figures.Copy.Count} rounds, in each of which all of them took turns.");
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        void Row(string name, List<Outcome> outcomes) =>
            Line($"| {name} | {Rate(outcomes):N0} | {Number(Median(outcomes, one => one.P50))} | {Number(Median(outcomes, one => one.P99))} | {outcomes.Sum(one => one.Refused)} |");
    }

    private static double Rate(List<Outcome> outcomes) => Median(outcomes, one => one.PerSecond);

    private static double Median(List<Outcome> outcomes, Func<Outcome, double> value) => outcomes.Select(value).Order().ElementAt(outcomes.Count / 2);

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("F1", CultureInfo.InvariantCulture);
}
