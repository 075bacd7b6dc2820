using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests.Executions;

public sealed class LearningEventTests(KernelServiceFixture service) : IClassFixture<KernelServiceFixture>
{
    [Fact]
    public async Task Each_executed_cell_is_reported_with_learner_course_notebook_and_outcome()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await SessionAsync(rest, "unit/events.ipynb");
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        await client.RunAsync("x = 1", cell: "cell-1");
        await client.RunAsync("import time\ntime.sleep(1.5)\nundefined_name", cell: "cell-2");

        var first = await service.Telemetry.NextAsync("unit/events.ipynb");
        Assert.Equal("CellExecute", first.GetProperty("type").GetString());
        Assert.Equal(KernelServiceFixture.Sam.Learner, first.GetProperty("learner").GetString());
        Assert.Equal(KernelServiceFixture.Sam.Course, first.GetProperty("course").GetString());
        Assert.Equal("cell-1", first.GetProperty("cell").GetString());
        var detail = first.GetProperty("detail");
        Assert.True(detail.GetProperty("success").GetBoolean());
        Assert.Equal(("python", "x = 1"), (detail.GetProperty("language").GetString(), detail.GetProperty("code").GetString()));
        Assert.False(detail.TryGetProperty("error", out _));

        detail = (await service.Telemetry.NextAsync("unit/events.ipynb")).GetProperty("detail");
        Assert.False(detail.GetProperty("success").GetBoolean());
        // As the service sees it, which on a busy machine may hear late of the beginning.
        Assert.InRange(detail.GetProperty("duration_ms").GetInt64(), 500, 60_000);
        Assert.Equal("NameError", detail.GetProperty("error").GetProperty("name").GetString());
        Assert.Contains("undefined_name", detail.GetProperty("error").GetProperty("value").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Array, detail.GetProperty("error").GetProperty("traceback").ValueKind);
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_cell_that_kills_its_kernel_is_reported_as_failed()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await SessionAsync(rest, "unit/killer.ipynb");
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        await client.ExecuteAsync("import os\nos._exit(1)");

        var detail = (await service.Telemetry.NextAsync("unit/killer.ipynb")).GetProperty("detail");
        Assert.Equal("DeadKernelError", detail.GetProperty("error").GetProperty("name").GetString());
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task Silent_executions_are_nobodys_business_and_long_code_is_cut()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await SessionAsync(rest, "unit/long.ipynb");
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        var silent = await client.SendAsync("shell", "execute_request", new JsonObject { ["code"] = "1", ["silent"] = true });
        await client.UntilAsync(message => message.ParentId == silent && message.Type == "execute_reply");
        await client.RunAsync("# " + new string('x', 100_000));

        var detail = (await service.Telemetry.NextAsync("unit/long.ipynb")).GetProperty("detail");
        Assert.Equal(32 * 1024, detail.GetProperty("code").GetString()!.Length);
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    private static async Task<string> SessionAsync(HttpClient rest, string path)
    {
        using var created = await rest.PostAsJsonAsync(JupyterRest.Path("/api/sessions"), new JsonObject
        {
            ["path"] = path, ["name"] = "", ["type"] = "notebook", ["kernel"] = new JsonObject { ["name"] = "python3" },
        });
        return (await created.JsonAsync())["kernel"]!["id"]!.GetValue<string>();
    }
}
