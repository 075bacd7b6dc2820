using System.Diagnostics;
using System.Globalization;
using System.Text;
using Lyceum.Testing;

namespace Lyceum.TelemetryBench;

/// <summary>How long it takes to rebuild a notebook from so many edits.</summary>
internal static class Replays
{
    private const int Cells = 20;
    private const int Requests = 20;
    private static readonly Uri Events = new("/telemetry/events", UriKind.Relative);
    private static readonly Uri History = new("/telemetry/courses/replayed/learners/learner-replayed/history?notebook=Task.ipynb", UriKind.Relative);

    /// <summary>From request to the whole answer, ms at the 50th and 95th percentile, and how large it is, bytes.</summary>
    public static async Task<(double P50, double P95, int Bytes)> RunAsync(ServiceProcess service, int edits)
    {
        using var sender = service.ClientFor(TestIdentity.Student("replayed", "replayed"));
        foreach (var batch in Bodies(edits).Chunk(5000))
        {
            using var content = new StringContent($"[{string.Join(',', batch)}]", Encoding.UTF8, "application/json");
            using var stored = await sender.PostAsync(Events, content);
            stored.EnsureSuccessStatusCode();
        }

        using var instructor = service.ClientFor(TestIdentity.Instructor(course: "replayed"));
        List<double> times = [];
        var size = 0;
        for (var i = 0; i < Requests + 2; i++)
        {
            var start = Stopwatch.GetTimestamp();
            size = (await instructor.GetByteArrayAsync(History)).Length;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        double[] sorted = [.. times.Skip(2).Order()];
        return (Percentile.Of(sorted, 0.5), Percentile.Of(sorted, 0.95), size);
    }

    /// <summary>A learner who writes in one cell after the other, a few letters at a time, deletes some, and pastes now and then.</summary>
    private static IEnumerable<string> Bodies(int edits)
    {
        var lengths = new int[Cells];
        var start = TimeProvider.System.GetUtcNow().AddHours(-5).ToUnixTimeMilliseconds();
        for (var i = 0; i < edits; i++)
        {
            var cell = i / 25 % Cells;
            var removes = i % 5 == 4 && lengths[cell] > 2;
            var text = i % 50 == 49 ? "pasted, and some more" : "ab";
            var at = removes ? lengths[cell] - 2 : lengths[cell];
            var change = removes ? $"[{at},[2]]" : $"[{at},[0,\"{text}\"]]";
            lengths[cell] = removes ? at : at + text.Length;
            yield return string.Create(CultureInfo.InvariantCulture, $$$"""
                {"data":{"eventDetail":{"eventName":"CellEditEvent","eventTime":{{{start + (i * 1000)}}},"eventInfo":{"cells":[{"id":"c{{{cell}}}","index":{{{cell}}},"type":"code"}],"changes":{{{change}}},"origin":"{{{(i % 50 == 49 ? "pasted" : "typed")}}}","sequence":{{{i}}}}},"notebookState":{"sessionID":"s","notebookPath":"Task.ipynb","notebookContent":null}},"params":null,"env":[]}
                """);
        }
    }
}
