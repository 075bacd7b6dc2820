using System.Diagnostics;
using Microsoft.Playwright;

namespace Lyceum.ClassSimulation;

/// <summary>How smooth a page was.</summary>
/// <param name="FramesPerSecond">Frames over the whole time, a second.</param>
/// <param name="P99">The 99th percentile of the time from one frame to the next, ms.</param>
/// <param name="Longest">The longest, ms.</param>
/// <param name="LongTasks">Tasks of more than 50 ms that kept the page from answering (W3C Long Tasks), in all.</param>
/// <param name="LongTaskShare">Which share of the time they took.</param>
/// <param name="LongestTask">The longest of them, ms.</param>
public sealed record Smoothness(double FramesPerSecond, double P99, double Longest, int LongTasks, double LongTaskShare, double LongestTask);

/// <summary>The class view in the machine's own Chromium.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private const string Watch = """
        () => {
            const watched = { start: performance.now(), frames: [], tasks: [] };
            let before = watched.start;
            const next = now => { watched.frames.push(now - before); before = now; requestAnimationFrame(next); };
            requestAnimationFrame(next);
            new PerformanceObserver(list => watched.tasks.push(...list.getEntries().map(task => task.duration))).observe({ type: 'longtask' });
            window.watched = watched;
        }
        """;

    private const string Report = """
        () => {
            const { start, frames, tasks } = window.watched;
            const length = performance.now() - start;
            const sorted = frames.slice(1).sort((one, other) => one - other);
            const at = part => sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)];
            const sum = tasks.reduce((all, one) => all + one, 0);
            return [sorted.length / length * 1000, at(0.99), at(1), tasks.length, sum / length, Math.max(0, ...tasks)];
        }
        """;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _chromium;
    private readonly IPage _page;

    private WatchedPage(IPlaywright playwright, IBrowser chromium, IPage page) => (_playwright, _chromium, _page) = (playwright, chromium, page);

    /// <summary>Opens the class view.</summary>
    /// <param name="gateway">The suite's address.</param>
    /// <param name="token">The token of its owner.</param>
    public static async Task<WatchedPage> OpenAsync(Uri gateway, string token)
    {
        var playwright = await Playwright.CreateAsync();
        var chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
        var page = await chromium.NewPageAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        page.SetDefaultTimeout(60_000);
        await page.GotoAsync($"{gateway}?token={token}");
        await page.GotoAsync($"{gateway}class");
        await page.GetByTestId("learner-row").First.WaitForAsync();
        return new WatchedPage(playwright, chromium, page);
    }

    /// <summary>Begins to count frames and long tasks.</summary>
    public Task WatchAsync() => _page.EvaluateAsync(Watch);

    /// <summary>What has been counted.</summary>
    public async Task<Smoothness> ReportAsync()
    {
        var figures = await _page.EvaluateAsync<double[]>(Report);
        return new(figures[0], figures[1], figures[2], (int)figures[3], figures[4], figures[5]);
    }

    /// <summary>From now until a text is on the page, ms.</summary>
    public async Task<double> UntilAsync(string text)
    {
        var start = Stopwatch.GetTimestamp();
        await _page.WaitForFunctionAsync("text => document.body.textContent.includes(text)", text);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _playwright.Dispose();
    }
}
