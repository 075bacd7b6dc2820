using Microsoft.Playwright;

namespace Lyceum.EndToEnd.Tests;

/// <summary>The machine's own Chromium, driven by Playwright.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const float PatienceMilliseconds = 60_000;

    private IPlaywright? _playwright;
    private IBrowser? _chromium;

    public async Task InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        _playwright = await Playwright.CreateAsync();
        _chromium = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>A page in a browser profile of its own, signed in with a token.</summary>
    internal async Task<IPage> OpenAsync(Suite suite, string token, ViewportSize? size = null, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _chromium!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = size ?? new ViewportSize { Width = 1440, Height = 900 },
            ColorScheme = scheme,
        });
        context.SetDefaultTimeout(PatienceMilliseconds);
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{suite.Gateway}?token={token}");
        return page;
    }

    /// <summary>A page in a browser profile of its own, which is nowhere yet.</summary>
    internal async Task<IPage> NewPageAsync()
    {
        var context = await _chromium!.NewContextAsync();
        context.SetDefaultTimeout(PatienceMilliseconds);
        return await context.NewPageAsync();
    }

    public async Task DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
