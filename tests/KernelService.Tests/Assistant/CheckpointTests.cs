using System.Globalization;
using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests.Assistant;

public sealed class CheckpointTests(AssistantFixture service) : IClassFixture<AssistantFixture>
{
    [Fact]
    public async Task A_kernel_goes_back_to_what_it_was_as_often_as_one_likes()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        var client = notebook.Client;
        await client.RunAsync("import random, numpy, math as m\nrandom.seed(7); numpy.random.seed(7)\nmarks = [1]");
        Assert.Equal(0, await AddAsync(client));
        const string Draw = "marks.append(2); random.random(), numpy.random.rand(), marks";
        var first = await ResultAsync(client, Draw);
        await client.RunAsync("del m; marks = None; new = 1");

        var state = await BackAsync(client, 0);
        Assert.Equal("""{"name":"marks","type":"list","value":"[1]"}""", state.Content["variables"]!.AsArray().Single()!.ToJsonString());
        Assert.Equal(first, await ResultAsync(client, Draw));
        Assert.Equal("(3.0, False)", await ResultAsync(client, "m.ceil(2.5) * 1.0, 'new' in globals()"));
        Assert.Equal(1, await AddAsync(client));
        await client.RunAsync("marks = 'later'");

        await BackAsync(client, 1);
        Assert.Equal("[1, 2]", await ResultAsync(client, "marks"));
        await BackAsync(client, 0);
        Assert.Equal("[1]", await ResultAsync(client, "marks"));
        await BackAsync(client, 0);
        Assert.Equal(first, await ResultAsync(client, Draw));
        Assert.StartsWith("The kernel did not do it: there is no checkpoint 1; there are [0]", (await ReplyAsync(client, "rollback_request", new JsonObject { ["checkpoint_index"] = 1 })).Text("evalue"), StringComparison.Ordinal);
        Assert.Equal(first, await ResultAsync(client, "random.seed(7); numpy.random.seed(7); marks.pop(); " + Draw));
    }

    [Fact]
    public async Task After_it_all_is_as_in_any_kernel()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        var client = notebook.Client;
        await client.RunAsync("import sys, time, logging\nlogging.basicConfig(stream=sys.stderr)\nfrom ipykernel.comm import Comm\ncomm = Comm('probe')");
        await AddAsync(client);
        await client.RunAsync("undone = 1");
        await BackAsync(client, 0);

        // What a process below writes, ipykernel passes on from a thread of its own, which may be after the cell has ended.
        var writing = await client.ExecuteAsync("print('out'); logging.warning('told'); sys.stdout.flush(); __import__('os').system('echo below')");
        string[] lines = ["out\n", "WARNING:root:told\n", "below\n"];
        for (var text = ""; !lines.All(line => text.Contains(line, StringComparison.Ordinal));)
        {
            text += (await client.UntilAsync(message => message.Type == "stream" && message.ParentId == writing)).Text("text");
        }

        Assert.Contains(await client.RunAsync("comm.send({'n': 1})"), message => message.Type == "comm_msg");
        Assert.Contains("sys", (await ReplyAsync(client, "complete_request", new JsonObject { ["code"] = "sy", ["cursor_pos"] = 2 })).Content["matches"]!.AsArray().Select(match => match!.GetValue<string>()));

        var asking = await client.ExecuteAsync("print('Hello', input('Who? '))");
        Assert.Equal("Who? ", (await client.UntilAsync(message => message.Type == "input_request")).Text("prompt"));
        await client.SendAsync("stdin", "input_reply", new JsonObject { ["value"] = "Ada" });
        Assert.Contains(await client.CollectAsync(asking), message => message.Type == "stream" && message.Text("text") == "Hello Ada\n");

        var looping = await client.ExecuteAsync("print('going', flush=True)\nwhile True: time.sleep(0.01)");
        await client.UntilAsync(message => message.Type == "stream");
        Assert.Equal("KernelBusy", (await ReplyAsync(client, "rollback_request", new JsonObject { ["checkpoint_index"] = 0 })).Text("ename"));
        Assert.Equal("KernelBusy", (await ReplyAsync(client, "add_checkpoint_request", [])).Text("ename"));
        using var interrupted = await notebook.Rest.PostAsync(JupyterRest.Path($"/api/kernels/{notebook.Kernel}/interrupt"), null);
        Assert.Contains(await client.CollectAsync(looping), message => message.Type == "error" && message.Text("ename") == "KeyboardInterrupt");

        // At once, when ipykernel still aborts what it is asked.
        await BackAsync(client, 0);
        Assert.Equal("False", await ResultAsync(client, "'undone' in globals()"));
    }

    [Fact]
    public async Task The_oldest_goes_beyond_the_limit_and_nothing_is_left_behind()
    {
        var notebook = await OpenNotebook.StartAsync(service, "python3");
        var client = notebook.Client;
        var root = int.Parse(await ResultAsync(client, "import os; os.getpid()"), CultureInfo.InvariantCulture);
        for (var i = 0; i < AssistantFixture.MaxCheckpoints + 2; i++)
        {
            Assert.Equal(i, await AddAsync(client));
        }

        await UntilAsync(() => ProcessesOf(root).Count == 1 + AssistantFixture.MaxCheckpoints);
        var refusal = await ReplyAsync(client, "rollback_request", new JsonObject { ["checkpoint_index"] = 0 });
        Assert.Equal("CheckpointError", refusal.Text("ename"));
        await BackAsync(client, 2);
        await BackAsync(client, 2);
        Assert.Equal(3, await AddAsync(client));
        var now = int.Parse(await ResultAsync(client, "os.getpid()"), CultureInfo.InvariantCulture);
        Assert.NotEqual(root, now);

        // The process that was started, the kernel, and two checkpoints.
        await UntilAsync(() => ProcessesOf(root).Count == 4);
        await notebook.DisposeAsync();
        await UntilAsync(() => ProcessesOf(root).Count == 0);
    }

    [Fact]
    public async Task A_kernel_that_went_back_is_started_anew_when_it_dies_and_when_it_is_told_to()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        var client = notebook.Client;
        var root = int.Parse(await ResultAsync(client, "import os; os.getpid()"), CultureInfo.InvariantCulture);
        await AddAsync(client);
        await BackAsync(client, 0);
        await client.ExecuteAsync("os._exit(3)");
        await client.UntilAsync(message => message.State == "restarting");
        Assert.Equal("False", await ResultAsync(client, "'os' in globals()"));
        await UntilAsync(() => ProcessesOf(root).Count == 0);
        Assert.Equal("CheckpointError", (await ReplyAsync(client, "rollback_request", new JsonObject { ["checkpoint_index"] = 0 })).Text("ename"));

        Assert.Equal(0, await AddAsync(client));
        await client.RunAsync("x = 1");
        await BackAsync(client, 0);
        using var restarted = await notebook.Rest.PostAsync(JupyterRest.Path($"/api/kernels/{notebook.Kernel}/restart"), null);
        Assert.True(restarted.IsSuccessStatusCode);
        Assert.Equal("False", await ResultAsync(client, "'x' in globals()"));
    }

    [Fact]
    public async Task A_kernel_that_hangs_while_it_goes_back_is_restarted_all_the_same()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        var client = notebook.Client;
        await AddAsync(client);
        await client.RunAsync("import sys, time, pathlib\npathlib.Path('hangs').unlink(missing_ok=True)\n"
            + "def hang(*_):\n    pathlib.Path('hangs').touch()\n    time.sleep(1000)\nsys.modules['_lyceum_checkpoints'].roll_back = hang");
        var hangs = Path.Combine((await ResultAsync(client, "print(end='') or str(pathlib.Path.cwd())")).Trim('\''), "hangs");
        await client.SendAsync("shell", "rollback_request", new JsonObject { ["checkpoint_index"] = 0 });
        await UntilAsync(() => File.Exists(hangs));

        // Sooner than the time that going back may take, which is that of this test, too.
        using var restarted = await notebook.Rest.PostAsync(JupyterRest.Path($"/api/kernels/{notebook.Kernel}/restart"), null);
        Assert.True(restarted.IsSuccessStatusCode);
        Assert.Equal("False", await ResultAsync(client, "'hang' in globals()"));
    }

    [Fact]
    public async Task A_checkpoint_that_does_not_take_over_leaves_the_kernel_as_it_was_and_no_process_behind()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        var client = notebook.Client;
        var root = int.Parse(await ResultAsync(client, "import os, sys; os.getpid()"), CultureInfo.InvariantCulture);
        await AddAsync(client);
        await client.RunAsync("def fail(*_): raise OSError('not today')\nsys.modules['_lyceum_checkpoints'].revive = fail");
        Assert.Equal(1, await AddAsync(client));
        var refusal = await ReplyAsync(client, "rollback_request", new JsonObject { ["checkpoint_index"] = 1 });
        Assert.EndsWith("OSError: not today", refusal.Text("evalue"), StringComparison.Ordinal);
        await UntilAsync(() => ProcessesOf(root, withEnded: true).Count == 3);
        await BackAsync(client, 0);
        Assert.Equal("False", await ResultAsync(client, "'fail' in globals()"));
    }

    [Fact]
    public async Task Questions_about_variables_are_answered_while_a_kernel_goes_back()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        await notebook.Client.RunAsync("marks = [1]");
        await AddAsync(notebook.Client);
        using var over = new CancellationTokenSource();
        var asking = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                var told = await notebook.Rest.GetObjectAsync($"/api/kernels/{notebook.Kernel}/variables");
                Assert.Equal("marks", Assert.Single(told["variables"]!.AsArray())!["name"]!.GetValue<string>());
            }
        });
        for (var i = 0; i < 10; i++)
        {
            await BackAsync(notebook.Client, 0);
        }

        await over.CancelAsync();
        await asking;
    }

    [Fact]
    public async Task Cells_that_were_undone_are_not_told_to_the_tutor()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        await notebook.Client.RunAsync("kept = 1");
        await AddAsync(notebook.Client);
        await notebook.Client.RunAsync("undone");
        await BackAsync(notebook.Client, 0);
        await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "llm_request", new JsonObject { ["request"] = "After going back" }));
        var asked = (await service.Tutor.QuestionAsync("After going back")).Context;
        Assert.Equal("kept = 1", asked.GetProperty("code").GetString());
        Assert.False(asked.TryGetProperty("error", out _));
    }

    [Fact]
    public async Task Other_languages_have_none_and_a_request_without_an_index_is_refused()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "csharp");
        foreach (var type in (string[])["add_checkpoint_request", "rollback_request"])
        {
            var reply = await ReplyAsync(notebook.Client, type, new JsonObject { ["checkpoint_index"] = 0 });
            Assert.Equal(("error", "NoCheckpoints", "Only Python kernels have checkpoints, and this one is of C#."), (reply.Text("status"), reply.Text("ename"), reply.Text("evalue")));
        }

        Assert.Equal("InvalidRequest", (await ReplyAsync(notebook.Client, "rollback_request", [])).Text("ename"));
    }

    private static async Task<Received> ReplyAsync(NotebookClient client, string type, JsonObject content) =>
        (await client.CollectAsync(await client.SendAsync("shell", type, content))).Single(message => message.Type.EndsWith("_reply", StringComparison.Ordinal));

    private static async Task<int> AddAsync(NotebookClient client)
    {
        var reply = await ReplyAsync(client, "add_checkpoint_request", []);
        Assert.True(reply.Text("status") == "ok", reply.Content.ToJsonString());
        return reply.Content["return"]!.GetValue<int>();
    }

    /// <summary>The variables that the kernel has then.</summary>
    private static async Task<Received> BackAsync(NotebookClient client, int index)
    {
        var messages = await client.CollectAsync(await client.SendAsync("shell", "rollback_request", new JsonObject { ["checkpoint_index"] = index }));
        var reply = messages.Single(message => message.Type == "rollback_reply");
        Assert.True(reply.Text("status") == "ok", reply.Content.ToJsonString());
        return messages.Single(message => message.Type == "kernel_state_info");
    }

    private static async Task<string> ResultAsync(NotebookClient client, string code)
    {
        while (true)
        {
            // For a moment after an interrupt, ipykernel aborts what it is asked.
            var messages = await client.RunAsync(code);
            if (messages.SingleOrDefault(message => message.Type == "execute_reply")?.Text("status") != "aborted")
            {
                return messages.Single(message => message.Type == "execute_result").Content["data"]!["text/plain"]!.GetValue<string>();
            }
        }
    }

    /// <summary>The processes in that group; with those that have ended and that nobody has asked about, or without.</summary>
    private static List<string> ProcessesOf(int group, bool withEnded = false) =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)).Where(folder =>
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                return (withEnded || fields[0] != "Z") && fields[2] == group.ToString(CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                return false;
            }
        }),
    ];

    private static async Task UntilAsync(Func<bool> happens)
    {
        using var limit = NotebookClient.Limit(60);
        while (!happens())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
