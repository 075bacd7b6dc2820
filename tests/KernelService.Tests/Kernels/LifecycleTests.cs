using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;

namespace Lyceum.KernelService.Tests.Kernels;

public sealed class LifecycleTests(KernelServiceFixture service) : IClassFixture<KernelServiceFixture>
{
    [Fact]
    public async Task A_busy_loop_is_interrupted_and_what_it_started_is_too()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        var id = await client.ExecuteAsync("import subprocess\nprint('go', flush=True)\ntry:\n    subprocess.run(['sleep', '1000'])\nfinally:\n    pass");
        await client.UntilAsync(message => message.Type == "stream");

        using var response = await rest.PostAsync(JupyterRest.Path($"/api/kernels/{kernel}/interrupt"), null);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var error = await client.UntilAsync(message => message.Type == "error" && message.ParentId == id);
        Assert.Equal("KeyboardInterrupt", error.Text("ename"));
        await client.UntilAsync(message => message.State == "idle");
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_restart_forgets_variables_and_keeps_id_and_connection()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        await client.RunAsync("remembered = 1");

        using var response = await rest.PostAsync(JupyterRest.Path($"/api/kernels/{kernel}/restart"), null);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(kernel, (await response.JsonAsync())["id"]!.GetValue<string>());
        var messages = await client.RunAsync("remembered");
        Assert.Equal("NameError", messages.First(message => message.Type == "error").Text("ename"));
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_kernel_that_is_killed_while_it_executes_is_announced_restarting_and_usable_again()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        await client.ExecuteAsync("import os, signal\nprint('last words', flush=True)\nimport time; time.sleep(0.3)\nos.kill(os.getpid(), signal.SIGKILL)");

        var seen = new List<Received>();
        while (seen.LastOrDefault()?.State != "restarting")
        {
            seen.Add((await client.ReceiveAsync())!);
        }

        Assert.Equal("iopub", seen[^1].Channel);
        Assert.Empty(seen[^1].Parent);
        Assert.Contains(seen, message => message.Type == "stream" && message.Text("text") == "last words\n");
        var messages = await client.RunAsync("1 + 1");
        Assert.Equal("2", messages.First(message => message.Type == "execute_result").Content["data"]!["text/plain"]!.GetValue<string>());
        Assert.Equal("idle", (await rest.GetObjectAsync($"/api/kernels/{kernel}"))["execution_state"]!.GetValue<string>());
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task Deleting_a_kernel_ends_its_process_its_descendants_and_its_connections()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        var messages = await client.RunAsync("import os, subprocess\nprint(os.getpid(), subprocess.Popen(['sleep', '1000']).pid, subprocess.Popen(['sleep', '1000'], start_new_session=True).pid, flush=True)");
        var processes = messages.First(message => message.Type == "stream").Text("text").Split().Where(word => word.Length > 0)
            .Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToArray();

        using var response = await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        while (await client.ReceiveAsync() is not null)
        {
        }

        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
        using var limit = NotebookClient.Limit();
        foreach (var process in processes)
        {
            await GoneAsync(process, limit.Token);
        }

        Assert.DoesNotContain(await rest.GetArrayAsync("/api/kernels"), model => model!["id"]!.GetValue<string>() == kernel);
        using var again = await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        Assert.Equal($"Kernel does not exist: {kernel}", await again.AssertErrorAsync(HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task A_kernel_sees_none_of_the_services_secrets_and_works_in_its_owners_folder()
    {
        Environment.SetEnvironmentVariable("ConnectionStrings__chatdb", "Password=do not tell");
        Environment.SetEnvironmentVariable("Identity__Key", "do not tell");
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_HEADERS", "do not tell");
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync(more: new()
        {
            ["env"] = new System.Text.Json.Nodes.JsonObject { ["KERNEL_USERNAME"] = "sam", ["LD_PRELOAD"] = "/evil.so" },
        });
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

        var messages = await client.RunAsync("import os, json\nprint(json.dumps([dict(os.environ), os.getcwd()]), flush=True)");

        var printed = System.Text.Json.Nodes.JsonNode.Parse(messages.First(message => message.Type == "stream").Text("text"))!.AsArray();
        var environment = printed[0]!.AsObject();
        Assert.DoesNotContain("do not tell", environment.ToJsonString(), StringComparison.Ordinal);
        Assert.False(environment.ContainsKey("LD_PRELOAD"));
        Assert.Equal("sam", environment["KERNEL_USERNAME"]!.GetValue<string>());
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), environment["JPY_PARENT_PID"]!.GetValue<string>());
        Assert.True(environment.ContainsKey("PATH"));
        Assert.Equal(service.WorkspaceOf(KernelServiceFixture.Sam), printed[1]!.GetValue<string>());
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task What_a_kernel_started_dies_with_it_even_in_a_session_of_its_own()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        var messages = await client.RunAsync("import os, subprocess\nprint(subprocess.Popen(['setsid', 'sleep', '1000']).pid, flush=True)");
        var daemon = int.Parse(messages.First(message => message.Type == "stream").Text("text"), CultureInfo.InvariantCulture);

        await client.ExecuteAsync("import signal\nos.kill(os.getpid(), signal.SIGKILL)");

        using var limit = NotebookClient.Limit();
        await GoneAsync(daemon, limit.Token);
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_kernel_that_is_interrupted_by_message_stops_what_it_runs()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        Assert.Equal("message", (await rest.GetObjectAsync("/api/kernelspecs/csharp"))["spec"]!["interrupt_mode"]!.GetValue<string>());
        var kernel = await rest.StartKernelAsync("csharp");
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        var id = await client.ExecuteAsync("Console.Write(\"go\"); while (true) { System.Threading.Thread.Sleep(10); }");
        await client.UntilAsync(message => message.Type == "stream");

        using var response = await rest.PostAsync(JupyterRest.Path($"/api/kernels/{kernel}/interrupt"), null);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var reply = await client.UntilAsync(message => message.Type == "execute_reply" && message.ParentId == id);
        Assert.Equal("error", reply.Text("status"));
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    private static async Task GoneAsync(int process, CancellationToken cancellationToken)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            await found.WaitForExitAsync(cancellationToken);
        }
        catch (ArgumentException)
        {
            // Gone already.
        }
    }
}
