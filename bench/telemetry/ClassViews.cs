using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.TelemetryBench;

/// <summary>How long one of the class view's queries takes.</summary>
/// <param name="Name">Which.</param>
/// <param name="P50">The median, ms.</param>
/// <param name="P95">The 95th percentile, ms.</param>
/// <param name="Bytes">The size of its answer.</param>
internal sealed record QueryTime(string Name, double P50, double P95, int Bytes);

/// <summary>How long the class view's queries take on a table with the events of many courses.</summary>
internal static class ClassViews
{
    private const int Requests = 100;
    private const int Discarded = 10;
    private const int AtWork = 25;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Each of the queries as the page asks them.</summary>
    public static async Task<List<QueryTime>> RunAsync(ServiceProcess service)
    {
        await DerivedAsync(service);
        using var instructor = service.ClientFor(TestIdentity.Instructor(course: History.Course));
        return
        [
            await TimeAsync("activity, nobody did anything since the last time", instructor, _ => "activity"),
            await TimeAsync($"activity, {AtWork} of {History.Learners} learners ran something since the last time", instructor, _ => "activity", request => WorkAsync(service, request)),
            // A longer window than any before: nothing of it is in memory.
            await TimeAsync("activity, all learners' events of two hours read from the database", instructor, request => $"activity?window=PT{120 + request}M"),
            await TimeAsync("progress of the notebook that is worked in", instructor, _ => "progress"),
            await TimeAsync("questions by class and objective of seven days", instructor, _ => "help-seeking"),
        ];
    }

    /// <summary>From sending an event until the open class view has it, ms at the 50th percentile and the longest of so many.</summary>
    public static async Task<(double P50, double Longest)> UpdatesAsync(ServiceProcess service, int events)
    {
        using var instructor = service.ClientFor(TestIdentity.Instructor(course: History.Course));
        await using var stream = await instructor.GetStreamAsync(new Uri($"/telemetry/courses/{History.Course}/activity/stream", UriKind.Relative));
        using var lines = new StreamReader(stream);
        await NextAsync(lines, "\"as_of\"");
        List<double> times = [];
        for (var i = 0; i < events; i++)
        {
            var marker = $"update-{i}.ipynb";
            var start = Stopwatch.GetTimestamp();
            await SendAsync(service, [Run(i, marker)]);
            await NextAsync(lines, marker);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        double[] sorted = [.. times.Order()];
        return (Percentile.Of(sorted, 0.5), sorted[^1]);
    }

    private static async Task<QueryTime> TimeAsync(string name, HttpClient instructor, Func<int, string> path, Func<int, Task>? before = null)
    {
        List<double> times = [];
        var size = 0;
        for (var i = 0; i < Discarded + Requests; i++)
        {
            await (before?.Invoke(i) ?? Task.CompletedTask);
            var start = Stopwatch.GetTimestamp();
            size = (await instructor.GetByteArrayAsync(new Uri($"/telemetry/courses/{History.Course}/{path(i)}", UriKind.Relative))).Length;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        double[] sorted = [.. times.Skip(Discarded).Order()];
        return new QueryTime(name, Percentile.Of(sorted, 0.5), Percentile.Of(sorted, 0.95), size);
    }

    private static Task WorkAsync(ServiceProcess service, int request) =>
        SendAsync(service, Enumerable.Range(0, AtWork).Select(i => Run(((request * AtWork) + i) % History.Learners, History.Notebook)));

    private static string Run(int learner, string notebook) => string.Create(CultureInfo.InvariantCulture, $$$"""
        {"id":"{{{Guid.CreateVersion7()}}}","time":"{{{TimeProvider.System.GetUtcNow():O}}}","type":"CellExecute","course":"{{{History.Course}}}","learner":"learner-{{{learner}}}","notebook":"{{{notebook}}}","cell":"a1","detail":{"code":"df","success":true,"duration_ms":3}}
        """);

    private static async Task SendAsync(ServiceProcess service, IEnumerable<string> events)
    {
        using var sender = service.ClientFor(TestIdentity.Service());
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"events":[{{string.Join(',', events)}}]}"""));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var stored = await sender.PostAsync(new Uri("/telemetry/events", UriKind.Relative), content);
        stored.EnsureSuccessStatusCode();
    }

    private static async Task NextAsync(StreamReader lines, string marker)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await lines.ReadLineAsync(late.Token) is { } line)
        {
            if (line.Contains(marker, StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException("The stream of the class view has ended.");
    }

    /// <summary>What is derived of a month is derived once, before anybody looks.</summary>
    private static async Task DerivedAsync(ServiceProcess service)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            // An identity holds for five minutes only.
            using var instructor = service.ClientFor(TestIdentity.Instructor(course: History.Course));
            var state = JsonElement.Parse(await instructor.GetStringAsync(new Uri($"/telemetry/courses/{History.Course}/derivation", UriKind.Relative)));
            if (state.GetProperty("learners").GetInt64() == 0 && state.GetProperty("code").GetInt64() == 0)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), late.Token);
        }
    }
}
