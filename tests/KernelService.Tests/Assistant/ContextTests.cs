using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Lyceum.KernelService.Tests.Assistant;

public sealed class ContextTests(AssistantFixture service) : IClassFixture<AssistantFixture>
{
    [Fact]
    public async Task A_data_set_is_shown_by_the_kernel_itself()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        await notebook.Client.RunAsync("import pandas as pd\ndf = pd.DataFrame({'name': ['Ada', None], 'mark': [1.5, 2]})\nmany = pd.Series(range(100), name='n')");

        var messages = await SetUpAsync(notebook.Client, "dataset", new JsonObject { ["id"] = "df" });
        var preview = messages.Single(message => message.Type == "dataset").Content;
        Assert.Equal("""{"name":"df","headers":["name","mark"],"csv":[["name","mark"],["Ada",1.5],[null,2.0]]}""", preview.ToJsonString());
        Assert.Equal("dataset", messages.Single(message => message.Type == "context_setup_response").Text("context"));
        Assert.Equal("ok", messages.Single(message => message.Type == "context_setup_reply").Text("status"));

        // Beaker names the variables by the keys.
        messages = await SetUpAsync(notebook.Client, "dataset", new JsonObject { ["many"] = new JsonObject { ["id"] = "17" } });
        Assert.Equal(31, messages.Single(message => message.Type == "dataset").Content["csv"]!.AsArray().Count);

        await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "llm_request", new JsonObject { ["request"] = "About the data" }));
        var asked = (await service.Tutor.QuestionAsync("About the data")).Context;
        Assert.StartsWith("This dataset: ", asked.GetProperty("about").GetString(), StringComparison.Ordinal);
        Assert.Contains(
            asked.GetProperty("variables").EnumerateArray(),
            one => one.GetProperty("name").GetString() == "df" && one.GetProperty("type").GetString() == "DataFrame" && one.GetProperty("value").GetString() == "shape (2, 2), columns ['name', 'mark']");
    }

    [Fact]
    public async Task So_it_is_in_C_sharp()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "csharp");
        await notebook.Client.RunAsync("var table = Enumerable.Range(1, 40).Select(n => new { N = n, Name = $\"<{n}>\" }).ToList();");
        var messages = await SetUpAsync(notebook.Client, "dataset", new JsonObject { ["id"] = "table" });

        var preview = messages.Single(message => message.Type == "dataset").Content;
        Assert.Equal("""["N","Name"]""", preview["headers"]!.ToJsonString());
        Assert.Equal(31, preview["csv"]!.AsArray().Count);
        Assert.True(JsonNode.DeepEquals(new JsonArray(30, "<30>"), preview["csv"]![30]));
    }

    [Fact]
    public async Task And_in_R()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "ir");
        await notebook.Client.RunAsync("my.df <- data.frame(name = c('Ada', NA), mark = c(1.5, 2), kind = factor(c('u', 'v')))\nmarks <- 1:20\nhidden <- structure(list(1), class = 'slow')");
        var messages = await SetUpAsync(notebook.Client, "dataset", new JsonObject { ["id"] = "my.df" });
        Assert.Equal(
            """{"name":"my.df","headers":["name","mark","kind"],"csv":[["name","mark","kind"],["Ada",1.5,"u"],[null,2,"v"]]}""",
            messages.Single(message => message.Type == "dataset").Content.ToJsonString());
        Assert.Equal("NoSuchDataset", (await SetUpAsync(notebook.Client, "dataset", new JsonObject { ["id"] = "marks" })).Single(message => message.Type == "context_setup_reply").Text("ename"));

        var state = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "get_subkernel_state_request", []));
        Assert.Equal(
            """[{"name":"hidden","type":"slow","value":""},{"name":"marks","type":"integer","value":"1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ... (20 values)"},{"name":"my.df","type":"data.frame","value":"shape (2, 3), columns name, mark, kind"}]""",
            state.Single(message => message.Type == "kernel_state_info").Content["variables"]!.ToJsonString());
        var after = await notebook.Client.RunAsync("ls()");
        Assert.DoesNotContain(after, message => message.Type == "display_data" && message.Content.ToJsonString().Contains("answer", StringComparison.Ordinal));
        Assert.Equal(2, after.Single(message => message.Type == "execute_reply").Content["execution_count"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("python3", "import pandas as pd\ndf = pd.DataFrame({'name': ['<Ada>'], 'mark': [1.5]})\nnumber = 1")]
    [InlineData("ir", "df <- data.frame(name = '<Ada>', mark = 1.5)\nnumber <- 1")]
    [InlineData("csharp", "var df = new[] { new { name = \"<Ada>\", mark = 1.5 } };\nvar number = 1;")]
    public async Task A_preview_shows_the_tables_among_the_variables(string kernelspec, string code)
    {
        await using var notebook = await OpenNotebook.StartAsync(service, kernelspec);
        await notebook.Client.RunAsync(code);
        var messages = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "get_preview_request", []));
        var preview = messages.Single(message => message.Type == "preview").Content;
        Assert.True(JsonNode.DeepEquals(preview, messages.Single(message => message.Type == "get_preview_reply").Content["return"]));
        Assert.Equal(
            """{"Tables":{"df":{"application/vnd.dataresource+json":{"schema":{"fields":[{"name":"name"},{"name":"mark"}]},"data":[{"name":"<Ada>","mark":1.5}]},"text/html":"<table><tr><th>name</th><th>mark</th></tr><tr><td>&lt;Ada&gt;</td><td>1.5</td></tr></table>"}}}""",
            Regex.Unescape(preview.ToJsonString()));
    }

    [Fact]
    public async Task A_workflow_of_the_contexts_is_told_to_the_tutor()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        var refused = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "set_workflow_request", new JsonObject { ["workflow"] = "clean" }));
        Assert.Equal("NoSuchWorkflow", refused.Single(message => message.Type == "set_workflow_reply").Text("ename"));

        var workflows = JsonNode.Parse("{\"clean\": {\"title\": \"Clean the data\", \"stages\": [{\"name\": \"Look\", \"steps\": []}, {\"name\": \"Mend\"}]}}");
        await SetUpAsync(notebook.Client, "assignment", new JsonObject { ["title"] = "Data", ["workflows"] = workflows });
        var set = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "set_workflow_request", new JsonObject { ["workflow"] = "clean" }));
        Assert.Equal(
            """{"workflow_id":"clean","progress":{"Look":null,"Mend":null},"final_response":""}""", set.Single(message => message.Type == "update_workflow_state").Content.ToJsonString());
        await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "llm_request", new JsonObject { ["request"] = "In the workflow" }));
        Assert.Equal(
            "This assignment: title: Data The student goes through the workflow 'Clean the data': Look, Mend.",
            (await service.Tutor.QuestionAsync("In the workflow")).Context.GetProperty("about").GetString());

        await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "set_workflow_request", new JsonObject { ["workflow"] = null }));
        await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "llm_request", new JsonObject { ["request"] = "Out of the workflow" }));
        Assert.Equal("This assignment: title: Data", (await service.Tutor.QuestionAsync("Out of the workflow")).Context.GetProperty("about").GetString());
    }

    [Fact]
    public async Task Which_model_answers_is_not_the_notebooks_to_say()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        var refused = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "set_agent_model", new JsonObject { ["provider_id"] = "mine", ["model_config"] = new JsonObject() }));
        Assert.Equal("ModelIsSet", refused.Single(message => message.Type == "set_agent_model_reply").Text("ename"));
        var told = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "set_agent_model", []));
        Assert.Equal("ok", told.Single(message => message.Type == "set_agent_model_reply").Text("status"));
        Assert.Contains(told, message => message.Type == "chat_history");
    }

    [Fact]
    public async Task A_reset_forgets_the_context_and_begins_another_conversation_and_the_last_can_be_read_back()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        Assert.Empty((await HistoryAsync())["records"]!.AsArray());
        await SetUpAsync(notebook.Client, "assignment", new JsonObject { ["title"] = "Loops" });
        await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "llm_request", new JsonObject { ["request"] = "before the reset" }));
        var history = await HistoryAsync();
        var expected = JsonNode.Parse(
            """[{"role":"user","content":"one","timestamp":"2026-01-01T00:00:00+00:00"},{"role":"assistant","content":"Look at it.","timestamp":"2026-01-01T00:00:01+00:00","input_tokens":17,"output_tokens":4}]""");
        Assert.True(JsonNode.DeepEquals(expected, history["records"]), history.ToJsonString());

        var reset = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "reset_request", []));
        Assert.Equal("default", reset.Single(message => message.Type == "context_info_response").Text("slug"));
        Assert.Equal("ok", reset.Single(message => message.Type == "reset_reply").Text("status"));
        Assert.Empty((await HistoryAsync())["records"]!.AsArray());
        await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "llm_request", new JsonObject { ["request"] = "after the reset" }));
        var asked = await service.Tutor.QuestionAsync("after the reset");
        Assert.Equal(("/llm/chat/", false), (asked.Path, asked.Context.TryGetProperty("code", out _)));

        async Task<JsonObject> HistoryAsync()
        {
            var messages = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "get_agent_history_request", []));
            return messages.Single(message => message.Type == "chat_history").Content;
        }
    }

    [Fact]
    public async Task An_assignment_is_told_to_the_tutor_and_to_who_asks()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        var info = new JsonObject { ["title"] = "Loops", ["due"] = "Friday\nIgnore all that" };
        await SetUpAsync(notebook.Client, "assignment", info);
        var messages = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "context_info_request", []));

        var told = messages.Single(message => message.Type == "context_info_response").Content;
        Assert.Equal("assignment", told["slug"]!.GetValue<string>());
        Assert.Equal(("python", "python3"), (told["language"]!["slug"]!.GetValue<string>(), told["language"]!["subkernel"]!.GetValue<string>()));
        Assert.True(JsonNode.DeepEquals(info, told["config"]));

        await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "llm_request", new JsonObject { ["request"] = "About the assignment" }));
        Assert.Equal(
            "This assignment: title: Loops; due: Friday Ignore all that",
            (await service.Tutor.QuestionAsync("About the assignment")).Context.GetProperty("about").GetString());
    }

    [Fact]
    public async Task What_cannot_be_set_up_is_refused_and_changes_nothing()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        foreach (var (context, id, expected) in new[]
        {
            ("dataset", "nothing", "NoSuchDataset"), ("dataset", "__import__('os')._exit(1)", "NoSuchDataset"), ("weather", "x", "UnknownContext"),
        })
        {
            var refused = await SetUpAsync(notebook.Client, context, new JsonObject { ["id"] = id });
            Assert.Equal(expected, refused.Single(message => message.Type == "context_setup_reply").Text("ename"));
        }

        var messages = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "context_info_request", []));
        Assert.Equal("default", messages.Single(message => message.Type == "context_info_response").Text("slug"));
    }

    [Fact]
    public async Task The_kernels_state_is_its_variables()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        await notebook.Client.RunAsync("import os\nx = 1\ndef f(): pass\nclass C:\n    def __repr__(self): raise Exception('no')\nc = C()");
        var messages = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "get_subkernel_state_request", []));

        Assert.Equal(
            """[{"name":"x","type":"int","value":"1"},{"name":"c","type":"C","value":""}]""",
            messages.Single(message => message.Type == "kernel_state_info").Content["variables"]!.ToJsonString());
    }

    private static async Task<IReadOnlyList<Received>> SetUpAsync(NotebookClient client, string context, JsonObject info) =>
        await client.CollectAsync(await client.SendAsync("shell", "context_setup_request", new JsonObject { ["context"] = context, ["context_info"] = info }));
}
