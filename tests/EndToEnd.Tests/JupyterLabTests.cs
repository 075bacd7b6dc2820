using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Lyceum.EndToEnd.Tests;

[Collection(nameof(RunningSuite))]
public sealed class JupyterLabTests(RunningSuite running, Browser browser) : IClassFixture<Browser>
{
    private static readonly float Patience = (float)TimeSpan.FromSeconds(60).TotalMilliseconds;

    [Fact]
    public async Task JupyterLabs_own_page_makes_a_notebook_here_runs_it_interrupts_it_and_saves_it()
    {
        var token = await running.Suite.CreateStudentAsync($"Student {Guid.NewGuid():N}");
        await using var lab = await LabPage.StartAsync(running.Suite.Gateway, token);
        var page = await browser.NewPageAsync();
        page.SetDefaultTimeout(Patience);
        await page.GotoAsync(lab.Address);

        // Kernelspecs are the launcher's cards.
        await page.Locator(".jp-LauncherCard[data-category=Notebook][title^='Python 3']").ClickAsync();
        var notebook = page.Locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
        await Expect(notebook.Locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).ToBeVisibleAsync(new() { Timeout = Patience });
        await RunAsync(page, notebook, 0, "name = input('Who? ')");
        await notebook.Locator("input.jp-Stdin-input").FillAsync("Ada");
        await page.Keyboard.PressAsync("Enter");
        await RunAsync(page, notebook, 1, "print('Hello', name, 6 * 7)");
        await Expect(Output(notebook, 1)).ToHaveTextAsync("Hello Ada 42", new() { Timeout = Patience });

        await RunAsync(page, notebook, 2, "print('going', flush=True)\nwhile True: pass");
        await Expect(Output(notebook, 2)).ToContainTextAsync("going", new() { Timeout = Patience });
        await page.GetByText("Kernel", new() { Exact = true }).First.ClickAsync();
        await page.GetByText("Interrupt Kernel", new() { Exact = true }).ClickAsync();
        await Expect(notebook.Locator(".jp-Cell").Nth(2).Locator(".jp-OutputArea-output").Last).ToContainTextAsync("KeyboardInterrupt", new() { Timeout = Patience });

        await page.Keyboard.PressAsync("Control+s");
        using var student = running.Suite.Client(token);
        var saved = await SavedAsync(student, "KeyboardInterrupt");
        Assert.Contains("Hello Ada 42", saved, StringComparison.Ordinal);
        Assert.Contains("print('Hello', name, 6 * 7)", saved, StringComparison.Ordinal);
        var session = Assert.Single((await student.GetFromJsonAsync<JsonElement>("/api/sessions")).EnumerateArray());
        Assert.Equal("Untitled.ipynb", session.GetProperty("path").GetString());
    }

    private static ILocator Output(ILocator notebook, int cell) => notebook.Locator(".jp-Cell").Nth(cell).Locator(".jp-OutputArea-output").First;

    private static async Task RunAsync(IPage page, ILocator notebook, int cell, string code)
    {
        var editor = notebook.Locator(".jp-Cell").Nth(cell).Locator(".cm-content");
        await editor.ClickAsync();
        await page.Keyboard.InsertTextAsync(code);
        await page.Keyboard.PressAsync("Shift+Enter");
    }

    private static async Task<string> SavedAsync(HttpClient student, string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var file = await student.GetFromJsonAsync<JsonElement>("/api/contents/Untitled.ipynb?content=1", limit.Token);
            var cells = string.Join('\n', file.GetProperty("content").GetProperty("cells").EnumerateArray().Select(Shown));
            if (cells.Contains(text, StringComparison.Ordinal))
            {
                return cells;
            }

            await Task.Delay(100, limit.Token);
        }
    }

    /// <summary>A cell's source and its outputs, as text.</summary>
    private static string Shown(JsonElement cell) => string.Join('\n', Strings(cell));

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(field => Strings(field.Value)),
        _ => [],
    };

    /// <summary>The page, and what it asks of its server handed on to the suite.</summary>
    private sealed class LabPage(Process node, string address) : IAsyncDisposable
    {
        public string Address => address;

        public static async Task<LabPage> StartAsync(Uri gateway, string token)
        {
            var folder = await NpmFolder.EnsureAsync("jupyterlab");
            var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(folder, "server.mjs"), gateway.ToString(), token]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            return new LabPage(node, await node.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("The page is not served."));
        }

        public async ValueTask DisposeAsync()
        {
            node.StandardInput.Close();
            await node.WaitForExitAsync();
            node.Dispose();
        }
    }
}
