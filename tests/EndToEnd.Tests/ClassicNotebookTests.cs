using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Lyceum.EndToEnd.Tests;

[Collection(nameof(RunningSuite))]
public sealed class ClassicNotebookTests(RunningSuite running, Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task Debians_Notebook_runs_its_cells_here_with_gateway_url()
    {
        var token = await running.Suite.CreateStudentAsync($"Student {Guid.NewGuid():N}");
        await using var notebook = await StockJupyter.StartNotebookAsync(running.Suite.Gateway, token);
        var cell = new JsonObject
        {
            ["cell_type"] = "code", ["metadata"] = new JsonObject(), ["execution_count"] = null, ["outputs"] = new JsonArray(), ["source"] = "import os\nprint('kernel', os.environ['KERNEL_ID'])\n6 * 7",
        };
        await File.WriteAllTextAsync(Path.Combine(notebook.Files, "lesson.ipynb"), new JsonObject
        {
            ["cells"] = new JsonArray(cell), ["nbformat"] = 4, ["nbformat_minor"] = 4,
            ["metadata"] = new JsonObject { ["kernelspec"] = new JsonObject { ["name"] = "python3", ["display_name"] = "Python 3", ["language"] = "python" } },
        }.ToJsonString());

        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{notebook.Address}notebooks/lesson.ipynb");
        await Expect(page.Locator("#kernel_indicator_icon.kernel_idle_icon")).ToBeVisibleAsync();
        await page.Locator(".code_cell .CodeMirror").ClickAsync();
        await page.Keyboard.PressAsync("Shift+Enter");

        await Expect(page.Locator(".output_result")).ToContainTextAsync("42");
        var printed = await page.Locator(".output_stdout").InnerTextAsync();
        using var client = running.Suite.Client(token);
        var kernel = JsonDocument.Parse(await client.GetStringAsync(new Uri("/api/kernels", UriKind.Relative))).RootElement[0].GetProperty("id").GetString()!;
        Assert.Contains($"kernel {kernel}", printed, StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }
}
