using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Lyceum.KernelService.Tests.Assistant;

namespace Lyceum.KernelService.Tests.Kernels;

/// <summary>IRkernel as Debian has it: a kernel of another implementation than ipykernel, over libzmq's other bindings.</summary>
public sealed class RKernelTests(KernelServiceFixture service) : IClassFixture<KernelServiceFixture>
{
    [Fact]
    public async Task A_cell_runs_and_its_values_and_outputs_come()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "ir");
        var messages = await notebook.Client.RunAsync("cat('hi\\n'); message('careful'); data.frame(a = 1:2)");

        Assert.Equal("hi\n", Stream(messages, "stdout"));
        Assert.Contains("careful", Stream(messages, "stderr"), StringComparison.Ordinal);
        var shown = messages.Single(message => message.Type == "display_data").Content["data"]!.AsObject();
        Assert.Contains("<table", shown["text/html"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("ok", messages.Single(message => message.Type == "execute_reply").Text("status"));
    }

    [Fact]
    public async Task An_error_is_told_and_reported()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        using var session = await rest.PostAsJsonAsync(JupyterRest.Path("/api/sessions"), new JsonObject
        {
            ["path"] = "roots.ipynb", ["name"] = "roots.ipynb", ["type"] = "notebook", ["kernel"] = new JsonObject { ["name"] = "ir" },
        });
        var kernel = (await session.JsonAsync())["kernel"]!["id"]!.GetValue<string>();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        var messages = await client.RunAsync("sqrt('a')");

        Assert.Equal("error", messages.Single(message => message.Type == "execute_reply").Text("status"));
        Assert.Contains("non-numeric argument", messages.Single(message => message.Type == "error").Text("evalue"), StringComparison.Ordinal);
        var told = (await service.Telemetry.NextAsync("roots.ipynb")).GetProperty("detail");
        Assert.Equal(("R", false), (told.GetProperty("language").GetString(), told.GetProperty("success").GetBoolean()));
        Assert.Contains("non-numeric argument", told.GetProperty("error").GetProperty("value").GetString(), StringComparison.Ordinal);
        using var ended = await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task It_completes_inspects_and_knows_whether_a_cell_is_whole()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "ir");
        await notebook.Client.RunAsync("measurements <- c(1, 2)");

        var completed = await AskAsync(notebook, "complete_request", new JsonObject { ["code"] = "mean(measur", ["cursor_pos"] = 11 });
        Assert.Contains("measurements", completed["matches"]!.AsArray().Select(match => match!.GetValue<string>()));
        var inspected = await AskAsync(notebook, "inspect_request", new JsonObject { ["code"] = "mean", ["cursor_pos"] = 4, ["detail_level"] = 0 });
        Assert.True(inspected["found"]!.GetValue<bool>());
        Assert.Equal("incomplete", (await AskAsync(notebook, "is_complete_request", new JsonObject { ["code"] = "f <- function(x) {" }))["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_interrupt_ends_a_loop_and_keeps_the_variables()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "ir");
        await notebook.Client.RunAsync("kept <- 42");
        var running = await notebook.Client.ExecuteAsync("cat('going\\n'); flush.console(); repeat Sys.sleep(0.01)");
        await notebook.Client.UntilAsync(message => message.ParentId == running && message.Type == "stream");
        using var interrupted = await notebook.Rest.PostAsync(JupyterRest.Path($"/api/kernels/{notebook.Kernel}/interrupt"), null);
        Assert.True(interrupted.IsSuccessStatusCode);

        // Until it is idle, IRkernel aborts what it finds in its queue, and says no idle to that.
        var messages = await notebook.Client.CollectAsync(running);
        Assert.NotEqual("ok", messages.Single(message => message.Type == "execute_reply").Text("status"));
        Assert.Equal("42", Stream(await notebook.Client.RunAsync("cat(kept)"), "stdout"));
    }

    [Fact]
    public async Task It_asks_its_user()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "ir");
        var running = await notebook.Client.ExecuteAsync("name <- readline('Who? '); cat('Hello', name)");
        Assert.Equal("Who? ", (await notebook.Client.UntilAsync(message => message.Type == "input_request")).Text("prompt"));
        await notebook.Client.SendAsync("stdin", "input_reply", new JsonObject { ["value"] = "Ada" });
        Assert.Equal("Hello Ada", (await notebook.Client.UntilAsync(message => message.ParentId == running && message.Type == "stream")).Text("text"));
    }

    private static string Stream(IReadOnlyList<Received> messages, string name) =>
        string.Concat(messages.Where(message => message.Type == "stream" && message.Text("name") == name).Select(message => message.Text("text")));

    private static async Task<JsonObject> AskAsync(OpenNotebook notebook, string type, JsonObject content)
    {
        var messages = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", type, content));
        return messages.Single(message => message.Channel == "shell").Content;
    }
}
