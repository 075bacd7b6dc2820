using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Assistant;

public sealed class AgentToolTests(AssistantFixture service) : IClassFixture<AssistantFixture>
{
    [Fact]
    public async Task Code_that_the_tutor_runs_is_a_cell_below_the_question_and_its_outputs_are_the_questions()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        await notebook.Client.RunAsync("marks = [1, 2]");
        JsonNode? result = null;
        var messages = await AskAsync(notebook, "run it", async kernel =>
            result = await ToolAsync(kernel, "run_code", new JsonObject { ["code"] = "total = sum(marks)\nprint('sum', total)\ntotal" }));

        Assert.Equal("""{"status":"ok","output":"sum 3\n3\n","cut":false}""", result!.ToJsonString());
        Assert.Equal(
            ["status", "llm_thought", "add_child_codecell", "stream", "execute_result", "llm_observation", "llm_response", "code_cell", "status"],
            messages.Where(message => message.Channel == "iopub").Select(message => message.Type));
        var question = messages[0].ParentId;
        Assert.All(messages, message => Assert.Equal("llm_request", message.Parent["msg_type"]!.GetValue<string>()));
        var thought = messages.Single(message => message.Type == "llm_thought");
        Assert.Equal("run_code", thought.Text("tool_name"));
        Assert.StartsWith("total = ", thought.Content["tool_input"]!["code"]!.GetValue<string>(), StringComparison.Ordinal);
        var observation = messages.Single(message => message.Type == "llm_observation");
        Assert.Equal(("run_code", "sum 3\n3\n"), (observation.Text("tool_name"), observation.Text("observation")));
        var cell = messages.Single(message => message.Type == "add_child_codecell").Content;
        Assert.Equal(("code_cell", "python", true), (cell["action"]!.GetValue<string>(), cell["language"]!.GetValue<string>(), cell["autoexecute"]!.GetValue<bool>()));
        Assert.Equal(question, cell["execute_request_msg"]!["header"]!["msg_id"]!.GetValue<string>());
        Assert.Equal("execute_request", cell["execute_request_msg"]!["header"]!["msg_type"]!.GetValue<string>());

        // What it defined stays, as after any cell of the student's; the history is the student's alone.
        var after = await notebook.Client.RunAsync("total, len(In)");
        Assert.Equal("(3, 3)", after.Single(message => message.Type == "execute_result").Content["data"]!["text/plain"]!.GetValue<string>());

        // And can be undone.
        await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "rollback_request", new JsonObject { ["checkpoint_index"] = cell["checkpoint_index"]!.GetValue<int>() }));
        var undone = await notebook.Client.RunAsync("'total' in globals(), marks");
        Assert.Equal("(False, [1, 2])", undone.Single(message => message.Type == "execute_result").Content["data"]!["text/plain"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_error_and_a_flood_come_back_bounded()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        JsonNode? failed = null, flood = null;
        var messages = await AskAsync(notebook, "fail and flood", async kernel =>
        {
            flood = await ToolAsync(kernel, "run_code", new JsonObject { ["code"] = "print('x' * 100_000)" });
            failed = await ToolAsync(kernel, "run_code", new JsonObject { ["code"] = "1 / 0" });
        });

        Assert.Equal("error", failed!["status"]!.GetValue<string>());
        Assert.Equal("ZeroDivisionError", failed["error"]!["name"]!.GetValue<string>());
        Assert.Equal((16 * 1024, true), (flood!["output"]!.GetValue<string>().Length, flood["cut"]!.GetValue<bool>()));
        Assert.Equal("ZeroDivisionError", messages.Single(message => message.Type == "error").Text("ename"));
    }

    [Fact]
    public async Task Code_that_does_not_end_is_interrupted()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        JsonNode? result = null;
        await AskAsync(notebook, "loop", async kernel => result = await ToolAsync(kernel, "run_code", new JsonObject { ["code"] = "while True: pass" }));
        Assert.Equal("timeout", result!["status"]!.GetValue<string>());
        Assert.Equal("KeyboardInterrupt", result["error"]!["name"]!.GetValue<string>());
        Assert.Contains(await notebook.Client.RunAsync("1"), message => message.Type == "execute_reply" && message.Text("status") == "ok");
    }

    [Fact]
    public async Task It_looks_at_variables_and_columns_and_proposes_cells()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        await notebook.Client.RunAsync("import pandas as pd\ndf = pd.DataFrame({'name': ['Ada', 'Bo'], 'mark': [1.5, 2]})\nmarks = [1, 2]");
        var (variable, columns, none) = ((JsonNode?)null, (JsonNode?)null, default(HttpStatusCode));
        var messages = await AskAsync(notebook, "look", async kernel =>
        {
            variable = await ToolAsync(kernel, "show_variable", new JsonObject { ["name"] = "marks" });
            columns = await ToolAsync(kernel, "show_columns", new JsonObject { ["name"] = "df" });
            using var missing = await PostAsync(kernel, "show_columns", new JsonObject { ["name"] = "nothing" });
            none = missing.StatusCode;
            using var proposed = await PostAsync(kernel, "propose_cell", new JsonObject { ["code"] = "df.mark.mean()" });
            Assert.Equal(HttpStatusCode.NoContent, proposed.StatusCode);
        });

        Assert.Equal("""{"name":"marks","type":"list","value":"[1, 2]"}""", variable!.ToJsonString());
        Assert.Equal("""{"name":"df","columns":[{"name":"name","examples":["Ada","Bo"]},{"name":"mark","examples":[1.5,2.0]}]}""", columns!.ToJsonString());
        Assert.Equal(HttpStatusCode.NotFound, none);
        Assert.Equal("df.mark.mean()", messages.First(message => message.Type == "code_cell").Text("code"));
        Assert.Equal(
            ["list [1, 2]", "name, mark", "The kernel shows no such table."],
            messages.Where(message => message.Type == "llm_observation").Select(message => message.Text("observation")));
        Assert.Equal(["show_variable", "show_columns", "show_columns", "propose_cell"], messages.Where(message => message.Type == "llm_thought").Select(message => message.Text("tool_name")));
    }

    [Fact]
    public async Task Only_who_asked_and_only_meanwhile_may_use_them()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        using var before = await PostAsync(notebook.Kernel, "run_code", new JsonObject { ["code"] = "1" });
        Assert.Equal(HttpStatusCode.Conflict, before.StatusCode);
        await AskAsync(notebook, "mine", async kernel =>
        {
            using var stranger = service.ClientOf(TestIdentity.Student("eve"));
            using var refused = await stranger.PostAsJsonAsync(JupyterRest.Path($"/api/kernels/{kernel}/assistant/run_code"), new JsonObject { ["code"] = "1" });
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
            using var empty = await PostAsync(kernel, "run_code", []);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
            Assert.StartsWith("'code'", (await empty.JsonAsync())["message"]!.GetValue<string>(), StringComparison.Ordinal);
        });
        using var after = await PostAsync(notebook.Kernel, "run_code", new JsonObject { ["code"] = "1" });
        Assert.Equal(HttpStatusCode.Conflict, after.StatusCode);
    }

    private async Task<IReadOnlyList<Received>> AskAsync(OpenNotebook notebook, string question, Func<string, Task> work)
    {
        Exception? failure = null;
        service.Tutor.WhileAnswering = (question, async kernel =>
        {
            try
            {
                await work(kernel);
            }
#pragma warning disable CA1031 // Told to the test, in whose place this runs.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
            }
        });
        var messages = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "llm_request", new JsonObject { ["request"] = question }));
        Assert.Null(failure);
        return messages;
    }

    private async Task<JsonNode> ToolAsync(string kernel, string tool, JsonObject arguments)
    {
        using var response = await PostAsync(kernel, tool, arguments);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return await response.JsonAsync();
    }

    private async Task<HttpResponseMessage> PostAsync(string kernel, string tool, JsonObject arguments)
    {
        using var client = service.ClientOf(KernelServiceFixture.Sam);
        return await client.PostAsJsonAsync(JupyterRest.Path($"/api/kernels/{kernel}/assistant/{tool}"), arguments);
    }
}
