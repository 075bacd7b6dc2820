using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Lyceum.KernelBench.Measures;

namespace Lyceum.ModelHostBench;

/// <summary>The results as a page of Markdown.</summary>
internal static class Report
{
    public static string Write(Results results, DateTimeOffset at, TimeSpan took, string load, string plot, double leastShare, double longestWait)
    {
        var text = new StringBuilder();
        string cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown model";
        Line($"# ModelHost, {at:yyyy-MM-dd HH:mm} UTC");
        Line($"");
        Line($"Made by `dotnet run -c Release --project bench/modelhost/ModelHostBench.csproj` in {took.TotalSeconds:F0} s. What each row means: `bench/README.md`.");
        Line($"");
        Line($"- {Environment.ProcessorCount} cores, {cpu}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}");
        Line($"- Load average at the start (1, 5, 15 minutes): {load}. Where it is above 0 the machine was shared with other work: look at the ratios, not at the figures.");
        Line($"");
        text.Append(Table(results));
        Line($"");
        foreach (string note in results.Notes)
        {
            Line($"- {note}");
        }

        Line($"");
        Line($"## Fair shares, simulated");
        Line($"");
        Line($"![shares and waits]({plot})");
        Line($"");
        Line($"The least that a course got in a minute was {leastShare:F2} of its fair part; the longest wait of an interactive request was {longestWait:F0} s.");
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>What was measured, as a table.</summary>
    public static string Table(Results results)
    {
        var text = new StringBuilder();
        Line($"| | unit | {string.Join(" | ", results.Targets)} | ModelHost - direct | nginx - direct | ModelHost / nginx | ModelHost / direct |");
        Line($"|---|---|{string.Concat(Enumerable.Repeat("---:|", results.Targets.Count + 4))}");
        foreach (Measure measure in results.Measures)
        {
            double? direct = results.Get(measure, Stack.Direct);
            double? nginx = results.Get(measure, Stack.Nginx);
            double? host = results.Get(measure, Stack.ModelHost);
            bool isTime = measure.Unit == "ms";
            Line($"| {measure.Title} | {measure.Unit} | {Number(direct)} | {Number(nginx)} | {Number(host)} | {(isTime ? Number(host - direct) : "")} | {(isTime ? Number(nginx - direct) : "")} | {Number(host / nginx)} | {Number(host / direct)} |");
        }

        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Number(double? value) => value switch
    {
        null => "",
        >= 100 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.Value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
