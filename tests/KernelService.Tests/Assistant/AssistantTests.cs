using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests.Assistant;

public sealed class AssistantTests(AssistantFixture service) : IClassFixture<AssistantFixture>
{
    [Fact]
    public async Task A_question_goes_to_the_tutor_with_the_notebook_and_its_answer_comes_back_with_cells()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        using var session = await rest.PostAsJsonAsync(JupyterRest.Path("/api/sessions"), new JsonObject
        {
            ["path"] = "unit/help.ipynb", ["name"] = "help.ipynb", ["type"] = "notebook", ["kernel"] = new JsonObject { ["name"] = "python3" },
        });
        var kernel = (await session.JsonAsync())["kernel"]!["id"]!.GetValue<string>();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        await client.RunAsync("marks = [1, 2]", cell: "cell-1");
        await client.RunAsync("marks + undefined_name", cell: "cell-2");

        var messages = await AskAsync(client, "Why does it fail?");

        Assert.Equal(["status", "llm_response", "code_cell", "status"], messages.Where(message => message.Channel == "iopub").Select(message => message.Type));
        Assert.Equal(["busy", "idle"], messages.Select(message => message.State).OfType<string>());
        var response = messages.Single(message => message.Type == "llm_response");
        Assert.Equal("response_text", response.Text("name"));
        Assert.StartsWith("Try this:\n```python", response.Text("text"), StringComparison.Ordinal);
        var cell = messages.Single(message => message.Type == "code_cell");
        Assert.Equal(("python", "print(1)"), (cell.Text("language"), cell.Text("code")));
        var reply = messages.Single(message => message.Type == "llm_reply");
        Assert.Equal(("shell", "ok", response.Text("text")), (reply.Channel, reply.Text("status"), reply.Text("return")));
        Assert.All(messages, message => Assert.Equal("llm_request", message.Parent["msg_type"]!.GetValue<string>()));

        var asked = await service.Tutor.QuestionAsync("Why does it fail?");
        Assert.Equal("/llm/chat/", asked.Path);
        Assert.Equal(KernelServiceFixture.Sam.Subject, asked.Caller?.Subject);
        Assert.Equal(KernelServiceFixture.Sam.Roles, asked.Caller?.Roles);
        Assert.Equal("unit/help.ipynb", asked.Context.GetProperty("notebook_path").GetString());
        Assert.Equal("cell-2", asked.Context.GetProperty("cell_id").GetString());
        Assert.Equal("python", asked.Context.GetProperty("language").GetString());
        Assert.Equal("NameError", asked.Context.GetProperty("error").GetProperty("name").GetString());
        Assert.Equal("marks + undefined_name", asked.Context.GetProperty("code").GetString());
        Assert.Equal("""[{"code":"marks = [1, 2]"}]""", asked.Context.GetProperty("cells_ran").GetRawText());
        Assert.Equal("""[{"name":"marks","type":"list","value":"[1, 2]"}]""", asked.Context.GetProperty("variables").GetRawText());
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task Asking_leaves_no_trace_in_the_kernel()
    {
        await using var notebook = await OpenAsync("python3");
        await notebook.Client.RunAsync("first = 1");
        var before = (await notebook.Client.RunAsync("sorted(globals())")).Single(message => message.Type == "execute_result");
        await AskAsync(notebook.Client, "What now?");
        var after = (await notebook.Client.RunAsync("sorted(set(globals()) - {'_', '__', '_2', '_3', '_i3', '_i4'}) and len(In)")).ToList();

        Assert.Contains("'first'", before.Content["data"]!["text/plain"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("4", after.Single(message => message.Type == "execute_result").Content["data"]!["text/plain"]!.GetValue<string>());
        Assert.Equal(3, after.Single(message => message.Type == "execute_reply").Content["execution_count"]!.GetValue<int>());
    }

    [Fact]
    public async Task Questions_go_on_in_one_conversation_and_begin_another_when_it_was_deleted()
    {
        await using var notebook = await OpenAsync("python3");
        await AskAsync(notebook.Client, "one");
        await AskAsync(notebook.Client, "two");
        service.Tutor.DeleteConversations();
        var third = await AskAsync(notebook.Client, "three");

        Assert.Equal("/llm/chat/", (await service.Tutor.QuestionAsync("one")).Path);
        Assert.EndsWith("/message/", (await service.Tutor.QuestionAsync("two")).Path, StringComparison.Ordinal);
        Assert.EndsWith("/message/", (await service.Tutor.QuestionAsync("three")).Path, StringComparison.Ordinal);
        Assert.Equal("/llm/chat/", (await service.Tutor.QuestionAsync("three")).Path);
        Assert.Equal("ok", Reply(third).Text("status"));
    }

    [Fact]
    public async Task A_client_that_can_take_it_gets_the_answer_piece_by_piece()
    {
        await using var notebook = await OpenAsync("python3");
        var id = await notebook.Client.SendAsync("shell", "llm_request", new JsonObject { ["request"] = "stream", ["stream"] = true });
        var responses = (await notebook.Client.CollectAsync(id)).Where(message => message.Type == "llm_response").ToList();

        var pieces = responses.Where(response => response.Text("name") == "response_delta").Select(response => response.Text("text")).ToList();
        Assert.Equal(3, pieces.Count);
        Assert.Equal(string.Concat(pieces), responses.Single(response => response.Text("name") == "response_text").Text("text"));
    }

    [Fact]
    public async Task The_C_sharp_kernel_has_it_as_well()
    {
        await using var notebook = await OpenAsync("csharp");
        await notebook.Client.RunAsync("var marks = new List<int> { 1, 2 };");
        var messages = await AskAsync(notebook.Client, "And in C#?");

        var cell = messages.Single(message => message.Type == "code_cell");
        Assert.Equal(("C#", "var a = 1;"), (cell.Text("language"), cell.Text("code")));
        var asked = await service.Tutor.QuestionAsync("And in C#?");
        Assert.Equal("C#", asked.Context.GetProperty("language").GetString());
        Assert.Equal("var marks = new List<int> { 1, 2 };", asked.Context.GetProperty("code").GetString());
        var variable = asked.Context.GetProperty("variables").EnumerateArray().Single();
        Assert.Equal(("marks", "List<int>", "List<int>(2) { 1, 2 }"), (variable.GetProperty("name").GetString(), variable.GetProperty("type").GetString(), variable.GetProperty("value").GetString()));
        Assert.False(asked.Context.TryGetProperty("error", out _));
    }

    [Fact]
    public async Task What_goes_wrong_is_told_in_the_reply_and_on_stderr()
    {
        await using var notebook = await OpenAsync("python3");
        await FailsAsync("fail", "TutorError", "The tutor's model failed.");
        await FailsAsync("refuse", "TutorError", "The tutor is still answering.");
        await FailsAsync("break", "TutorUnavailable", "try again");
        await FailsAsync("", "InvalidRequest", "'request'");
        await FailsAsync(new JsonArray(1), "InvalidRequest", "is not right");
        Assert.Equal("ok", Reply(await AskAsync(notebook.Client, "again")).Text("status"));

        async Task FailsAsync(JsonNode question, string name, string detail)
        {
            var messages = await AskAsync(notebook.Client, question);
            Assert.Equal(("error", name), (Reply(messages).Text("status"), Reply(messages).Text("ename")));
            Assert.Contains(detail, Reply(messages).Text("evalue"), StringComparison.Ordinal);
            Assert.NotEmpty(Reply(messages).Content["traceback"]!.AsArray());
            Assert.Contains(detail, messages.Single(message => message.Type == "stream").Text("text"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task In_an_exam_there_is_no_assistant_and_the_kernel_goes_on()
    {
        await using var notebook = await OpenAsync("python3");
        service.Tutor.Locked = KernelServiceFixture.Sam.Course;
        try
        {
            var messages = await AskAsync(notebook.Client, "In the exam");
            Assert.Equal("ExamLockdown", Reply(messages).Text("ename"));
            Assert.Contains("exam", messages.Single(message => message.Type == "stream").Text("text"), StringComparison.Ordinal);
            Assert.Equal("ok", Reply(await notebook.Client.RunAsync("1")).Text("status"));
        }
        finally
        {
            service.Tutor.Locked = null;
        }

        await AskAsync(notebook.Client, "After the exam");
        Assert.Equal("/llm/chat/", (await service.Tutor.QuestionAsync("After the exam")).Path);
    }

    [Fact]
    public async Task The_tutor_answers_while_the_kernel_is_busy_and_other_clients_see_it()
    {
        await using var notebook = await OpenAsync("python3");
        await using var other = await NotebookClient.ConnectAsync(service, notebook.Kernel, KernelServiceFixture.Sam);
        var running = await notebook.Client.ExecuteAsync("input()");
        await notebook.Client.UntilAsync(message => message.Type == "input_request");

        Assert.Equal("ok", Reply(await AskAsync(notebook.Client, "Is it stuck?")).Text("status"));
        await other.UntilAsync(message => message.Type == "llm_response");
        Assert.False((await service.Tutor.QuestionAsync("Is it stuck?")).Context.TryGetProperty("code", out _));
        await notebook.Client.SendAsync("stdin", "input_reply", new JsonObject { ["value"] = "no" });
        await notebook.Client.UntilAsync(message => message.ParentId == running && message.Type == "execute_reply");
    }

    [Fact]
    public async Task An_interrupt_stops_the_answer_here_and_at_the_tutor()
    {
        await using var notebook = await OpenAsync("python3");
        var endless = await notebook.Client.SendAsync("shell", "llm_request", new JsonObject { ["request"] = "never end", ["stream"] = true });
        await notebook.Client.UntilAsync(message => message.ParentId == endless && message.Type == "llm_response");
        var waiting = new List<string>();
        for (var i = 0; i < 9; i++)
        {
            waiting.Add(await notebook.Client.SendAsync("shell", "llm_request", new JsonObject { ["request"] = $"waiting {i}" }));
        }

        var refused = await notebook.Client.UntilAsync(message => message.Type == "llm_reply");
        Assert.Equal((waiting[8], "AssistantBusy"), (refused.ParentId, refused.Text("ename")));

        using var interrupted = await notebook.Rest.PostAsync(JupyterRest.Path($"/api/kernels/{notebook.Kernel}/interrupt"), null);
        Assert.True(interrupted.IsSuccessStatusCode);
        Assert.Equal("KeyboardInterrupt", Reply(await notebook.Client.CollectAsync(endless)).Text("ename"));
        await service.Tutor.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("ok", Reply(await notebook.Client.CollectAsync(waiting[7])).Text("status"));
    }

    private static Received Reply(IEnumerable<Received> messages) => messages.Single(message => message.Type.EndsWith("_reply", StringComparison.Ordinal));

    private static async Task<IReadOnlyList<Received>> AskAsync(NotebookClient client, JsonNode question) =>
        await client.CollectAsync(await client.SendAsync("shell", "llm_request", new JsonObject { ["request"] = question }));

    private Task<OpenNotebook> OpenAsync(string kernelspec) => OpenNotebook.StartAsync(service, kernelspec);
}
