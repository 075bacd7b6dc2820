using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Lyceum.ClassSimulation;

/// <summary>Looks at the class view in Chromium while a class is at work, and writes a page of what was seen.</summary>
public static class ClassWatch
{
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(3);

    /// <summary>Has the class work, watches, and writes <c>bench/results/class-(date).md</c>; answers the page.</summary>
    /// <param name="simulated">The class, enrolled.</param>
    /// <param name="gateway">The suite's address.</param>
    /// <param name="token">The token of its owner.</param>
    /// <param name="students">How many they are.</param>
    /// <param name="length">How long they work.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<string> RunAsync(
        SimulatedClass simulated, Uri gateway, string token, int students, TimeSpan length, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(simulated);
        var now = TimeProvider.System.GetUtcNow();
        var load = string.Join(' ', (await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[..3]);
        var working = simulated.RunAsync(length, haste: 1, TimeProvider.System, cancellationToken);
        await using var page = await WatchedPage.OpenAsync(gateway, token);
        // Everybody has come in by then.
        await Task.Delay(length / 4, cancellationToken);
        await page.WatchAsync();
        List<double> updates = [];
        while (!working.IsCompleted && TimeProvider.System.GetUtcNow() - now < length * 0.9)
        {
            updates.Add(await ProbeAsync(page, gateway, token, $"Probe{updates.Count}Error", cancellationToken));
            await Task.Delay(BetweenProbes, cancellationToken);
        }

        var smooth = await page.ReportAsync();
        var outcome = await working;
        updates.Sort();
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            # A class of {students} in the page, {now:yyyy-MM-dd HH:mm} UTC

            Made by `dotnet run -c Release --project bench/class -- "http://localhost:.../?token=..." {students} {length.TotalSeconds:F0} --watch`: {outcome.Events:N0} events in {outcome.Requests:N0} requests (p50 {outcome.P50:F0} ms, p99 {outcome.P99:F0} ms, {outcome.Refused} refused) through Gateway, and the class view in headless Chromium without a graphics card at 1440 x 900.

            - {Environment.ProcessorCount} cores, which students, the whole suite, PostgreSQL and Chromium share
            - Load average at the start (1, 5, 15 minutes): {load}. Where it is above 0 the machine was shared with other work.

            | | |
            |---|---:|
            | from sending an event until it is on the screen, median of {updates.Count} | {updates[updates.Count / 2]:F0} ms |
            | the longest (goal: within 2 s) | {updates[^1]:F0} ms |
            | frames a second | {smooth.FramesPerSecond:F1} |
            | from one frame to the next, p99 | {smooth.P99:F0} ms |
            | the longest | {smooth.Longest:F0} ms |
            | long tasks (over 50 ms) | {smooth.LongTasks} |
            | their share of the time | {smooth.LongTaskShare:P1} |
            | the longest of them | {smooth.LongestTask:F0} ms |

            """).ReplaceLineEndings("\n");
        var repository = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.Parent!.FullName;
        await File.WriteAllTextAsync(Path.Combine(repository, "bench", "results", $"class-{now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.md"), text, cancellationToken);
        return text;
    }

    /// <summary>A run of the owner's own that fails with an error nobody has met: from before it is sent until its name is on the page.</summary>
    private static async Task<double> ProbeAsync(WatchedPage page, Uri gateway, string token, string error, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = gateway };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var seen = page.UntilAsync(error);
        using var stored = await client.PostAsJsonAsync(
            new Uri("/telemetry/events", UriKind.Relative),
            new
            {
                events = new[]
                {
                    new
                    {
                        id = Guid.CreateVersion7(), time = TimeProvider.System.GetUtcNow(), type = "CellExecute", notebook = "probe.ipynb", cell = error,
                        detail = new { success = false, code = "probe()", error = new { name = error, value = "probe", traceback = Array.Empty<string>() } },
                    },
                },
            },
            cancellationToken);
        stored.EnsureSuccessStatusCode();
        return await seen;
    }
}
