using System.Globalization;
using System.Text;
using Lyceum.KernelBench.Measures;

namespace Lyceum.KernelBench;

/// <summary>The results as a page of Markdown.</summary>
internal static class Report
{
    public static string Write(Results results, string floor, string service, IReadOnlyList<string> peers, DateTimeOffset at, TimeSpan took, IReadOnlyList<string> machine)
    {
        var text = new StringBuilder();
        Line($"# Kernels, {at:yyyy-MM-dd HH:mm} UTC");
        Line($"");
        Line($"Made by `dotnet run -c Release --project bench/kernels/Kernels.csproj` in {took.TotalSeconds:F0} s. What each row means: `bench/README.md`.");
        Line($"");
        foreach (string fact in machine)
        {
            Line($"- {fact}");
        }

        Line($"");
        Line($"| | unit | {string.Join(" | ", results.Targets)} | {service} / floor | {string.Join(" | ", peers.Select(peer => $"{service} / {peer}"))} |");
        Line($"|---|---|{string.Concat(Enumerable.Repeat("---:|", results.Targets.Count + 1 + peers.Count))}");
        foreach (Measure measure in results.Measures)
        {
            IEnumerable<string> cells = results.Targets.Select(target => Number(results.Get(measure, target)));
            Line($"| {measure.Title} | {measure.Unit} | {string.Join(" | ", cells)} | {Ratio(measure, floor)} | {string.Join(" | ", peers.Select(peer => Ratio(measure, peer)))} |");
        }

        Line($"");
        foreach (string note in results.Notes)
        {
            Line($"- {note}");
        }

        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        string Ratio(Measure measure, string other) =>
            results.Get(measure, service) is { } ours && results.Get(measure, other) is { } theirs && theirs > 0
                ? (ours / theirs).ToString("0.00", CultureInfo.InvariantCulture)
                : "";
    }

    private static string Number(double? value) => value switch
    {
        null => "",
        >= 100 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.Value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
