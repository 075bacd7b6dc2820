using System.Text.Json.Nodes;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Channels;

public sealed class ExecutionTests(KernelServiceFixture service) : IClassFixture<KernelServiceFixture>
{
    [Theory]
    [InlineData(NotebookClient.V1)]
    [InlineData(null)]
    public async Task A_cell_gives_its_result_streams_and_statuses_in_order_in_either_framing(string? subprotocol)
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, subprotocol);
        Assert.Equal(subprotocol, client.Subprotocol);

        var messages = await client.RunAsync("print('hello', flush=True)\nimport sys\nprint('oh', file=sys.stderr, flush=True)\n6 * 7");

        var iopub = messages.Where(message => message.Channel == "iopub").Select(message => message.Type).ToArray();
        Assert.Equal(["status", "execute_input", "stream", "stream", "execute_result", "status"], iopub);
        Assert.Equal("hello\n", messages.First(message => message.Type == "stream").Text("text"));
        var result = messages.First(message => message.Type == "execute_result");
        Assert.Equal("42", result.Content["data"]!["text/plain"]!.GetValue<string>());
        var reply = messages.First(message => message.Channel == "shell");
        Assert.Equal("ok", reply.Text("status"));
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task An_error_comes_with_name_value_and_traceback()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

        var messages = await client.RunAsync("1/0");

        var error = messages.First(message => message.Type == "error");
        Assert.Equal("ZeroDivisionError", error.Text("ename"));
        Assert.NotEmpty(error.Content["traceback"]!.AsArray());
        Assert.Equal("error", messages.First(message => message.Channel == "shell").Text("status"));
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task What_one_user_ran_is_in_their_own_kernels_history_and_in_nobody_elses()
    {
        var word = $"w{Guid.NewGuid():N}";
        var search = $"get_ipython().run_line_magic('history', '-g {word[..10]}' + '{word[10..]}')";
        using var sam = service.ClientOf(KernelServiceFixture.Sam);
        var own = await sam.StartKernelAsync();
        await using (var client = await NotebookClient.ConnectAsync(service, own, KernelServiceFixture.Sam))
        {
            await client.RunAsync($"{word} = 1");
            Assert.Contains(await client.RunAsync("%history"), message => message.Type == "stream" && message.Text("text").Contains(word, StringComparison.Ordinal));
        }

        // Ending, a kernel writes what there is to write.
        await sam.DeleteAsync(JupyterRest.Path($"/api/kernels/{own}"));
        var other = TestIdentity.Student("kim");
        using var kim = service.ClientOf(other);
        var kernel = await kim.StartKernelAsync();
        await using var reader = await NotebookClient.ConnectAsync(service, kernel, other);
        Assert.DoesNotContain(await reader.RunAsync(search), message => message.Type == "stream" && message.Text("text").Contains(word, StringComparison.Ordinal));
        await kim.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task Input_is_asked_of_the_client_that_runs_the_cell_and_of_no_other()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var runner = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        await using var watcher = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, subprotocol: null);
        await watcher.RunAsync("0");

        var id = await runner.ExecuteAsync("print('got', input('your name? '))");
        var question = await runner.UntilAsync(message => message.Type == "input_request");
        Assert.Equal("stdin", question.Channel);
        Assert.Equal("your name? ", question.Text("prompt"));
        await runner.SendAsync("stdin", "input_reply", new JsonObject { ["value"] = "Ada" });
        var answer = await runner.CollectAsync(id);
        Assert.Contains(answer, message => message.Type == "stream" && message.Text("text").Contains("got Ada", StringComparison.Ordinal));

        var seen = new List<Received>();
        while (!(seen.Count > 0 && seen[^1].State == "idle" && seen[^1].ParentId == id))
        {
            seen.Add((await watcher.ReceiveAsync())!);
        }

        Assert.Contains(seen, message => message.Type == "stream" && message.ParentId == id);
        Assert.DoesNotContain(seen, message => message.Channel != "iopub" && message.ParentId == id);
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Theory]
    [InlineData(NotebookClient.V1)]
    [InlineData(null)]
    public async Task Binary_buffers_go_to_a_comm_and_come_back_in_either_framing(string? subprotocol)
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, subprotocol);
        await client.RunAsync(
            """
            def opened(comm, message):
                comm.on_msg(lambda m: comm.send({"echo": m["content"]["data"]}, buffers=m["buffers"]))
            get_ipython().kernel.comm_manager.register_target("echo", opened)
            """);
        await client.SendAsync("shell", "comm_open", new JsonObject { ["comm_id"] = "c1", ["target_name"] = "echo", ["data"] = new JsonObject() });
        byte[] large = [.. Enumerable.Range(0, 300_000).Select(i => (byte)i)];
        await client.SendAsync("shell", "comm_msg", new JsonObject { ["comm_id"] = "c1", ["data"] = new JsonObject { ["n"] = 7 } }, buffers: [[1, 2, 3], large, []]);

        var echo = await client.UntilAsync(message => message.Type == "comm_msg");
        Assert.Equal(7, echo.Content["data"]!["echo"]!["n"]!.GetValue<int>());
        Assert.Equal([1, 2, 3], echo.Buffers[0]);
        Assert.Equal(large, echo.Buffers[1]);
        Assert.Empty(echo.Buffers[2]);
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task An_output_of_50_MB_arrives_whole()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

        var messages = await client.RunAsync("from IPython.display import display\ndisplay({'text/plain': 'x' * 50_000_000}, raw=True)");

        var data = messages.First(message => message.Type == "display_data").Content["data"]!["text/plain"]!.GetValue<string>();
        Assert.Equal(50_000_000, data.Length);
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_client_that_reads_nothing_stalls_neither_the_kernel_nor_the_others()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var stalled = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        await using var healthy = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

        var messages = await healthy.RunAsync("for i in range(300): print('x' * 100_000, i, flush=True)");

        // A line may come in parts: ipykernel sends what there is every now and then.
        var lines = string.Concat(messages.Where(message => message.Type == "stream").Select(message => message.Text("text"))).Split('\n');
        Assert.Equal([.. Enumerable.Range(0, 300).Select(i => $"{new string('x', 100_000)} {i}"), ""], lines);
        stalled.Drop();
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }
}
