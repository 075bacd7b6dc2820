using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Outliving;

public sealed class OutlivingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lyceum-kept-").FullName;
    private readonly string _workspaces = Directory.CreateTempSubdirectory("lyceum-workspaces-").FullName;

    [Theory]
    [InlineData("python3", "tcp", true, "x = 41", "import os\nprint(x + 1, os.getpid(), flush=True)")]
    [InlineData("csharp", "ipc", false, "var x = 41;", "Console.Write($\"{x + 1} {Environment.ProcessId}\");")]
    public async Task A_kernel_outlives_the_service_and_goes_on_with_what_it_knows(string spec, string transport, bool isKilled, string before, string after)
    {
        string kernel, session;
        await using (var service = await StartAsync(transport))
        {
            using var rest = service.ClientOf(KernelServiceFixture.Sam);
            (kernel, session) = await StartSessionAsync(rest, spec);
            await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, KernelServiceFixture.Sam);
            await client.RunAsync(before);
            await (isKilled ? service.KillAsync() : service.StopAsync());
        }

        AssertPrivate();
        await using var next = await StartAsync(transport);
        using var again = next.ClientOf(KernelServiceFixture.Sam);
        using var stranger = next.ClientOf(TestIdentity.Student("mallory"));
        Assert.Empty(await stranger.GetArrayAsync("/api/kernels"));
        Assert.Equal(kernel, (await again.GetObjectAsync($"/api/sessions/{session}"))["kernel"]!["id"]!.GetValue<string>());
        Process process;
        await using (var client = await NotebookClient.ConnectAsync(next.Address, kernel, KernelServiceFixture.Sam))
        {
            var said = string.Concat((await client.RunAsync(after)).Where(message => message.Type == "stream").Select(message => message.Text("text"))).Split();
            Assert.Equal("42", said[0]);
            process = Process.GetProcessById(int.Parse(said[1], CultureInfo.InvariantCulture));
        }

        using var deleted = await again.DeleteAsync(JupyterRest.Path($"/api/sessions/{session}"));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var limit = NotebookClient.Limit();
        await GoneAsync(process, limit.Token);
        Assert.DoesNotContain(Directory.GetFiles(_folder), file => file.Contains(kernel, StringComparison.Ordinal) || file.Contains(session, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("ipc")]
    public async Task So_does_one_that_went_back_to_a_checkpoint_with_its_checkpoints(string transport)
    {
        string kernel;
        await using (var service = await StartAsync(transport))
        {
            using var rest = service.ClientOf(KernelServiceFixture.Sam);
            kernel = await rest.StartKernelAsync();
            await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, KernelServiceFixture.Sam);
            await client.RunAsync("x = 41");
            await client.AssistantAsync("add_checkpoint_request");
            await client.RunAsync("x = 0");
            await client.AssistantAsync("rollback_request");
            await service.KillAsync();
        }

        await using var next = await StartAsync(transport);
        using var again = next.ClientOf(KernelServiceFixture.Sam);
        await using var returned = await NotebookClient.ConnectAsync(next.Address, kernel, KernelServiceFixture.Sam);
        foreach (var _ in (int[])[1, 2])
        {
            Assert.Contains(await returned.RunAsync("x += 1; x"), message => message.Type == "execute_result" && message.Content["data"]!["text/plain"]!.GetValue<string>() == "42");
            await returned.AssistantAsync("rollback_request");
        }

        await again.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));

    }

    [Theory]
    [InlineData("roll_back", "0")]
    [InlineData("settle", "41")]
    public async Task So_does_one_whose_service_is_killed_while_it_goes_back_wherever_it_is_then(string step, string expected)
    {
        string kernel;
        await using (var service = await StartAsync())
        {
            using var rest = service.ClientOf(KernelServiceFixture.Sam);
            kernel = await rest.StartKernelAsync();
            await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, KernelServiceFixture.Sam);
            await client.RunAsync("import os, sys");
            await client.AssistantAsync("add_checkpoint_request");
            await client.RunAsync($"""
                def killing(do, service=os.getppid()):
                    return lambda *some: (do(*some), os.kill(service, 9))[0]
                moving = sys.modules['_lyceum_checkpoints']
                moving.{step} = killing(moving.{step})
                x = 41
                """);
            await client.AssistantAsync("add_checkpoint_request", index: 1);
            await client.RunAsync("x = 0");
            using var limit = NotebookClient.Limit();
            using var process = Process.GetProcessById(service.Id);
            await client.SendAsync("shell", "rollback_request", new JsonObject { ["checkpoint_index"] = 1 });
            await GoneAsync(process, limit.Token);
        }

        await using var next = await StartAsync();
        using var again = next.ClientOf(KernelServiceFixture.Sam);
        await using var returned = await NotebookClient.ConnectAsync(next.Address, kernel, KernelServiceFixture.Sam);
        Assert.Contains(await returned.RunAsync("x"), message => message.Type == "execute_result" && message.Content["data"]!["text/plain"]!.GetValue<string>() == expected);
        await again.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_restart_that_cannot_be_leaves_a_kernel_dead_until_it_can()
    {
        await using var service = await StartAsync();
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, KernelServiceFixture.Sam);
        await client.RunAsync("1");
        var elsewhere = _folder + "-elsewhere";
        Directory.Move(_folder, elsewhere);
        using var failed = await rest.PostAsync(JupyterRest.Path($"/api/kernels/{kernel}/restart"), null);
        await failed.AssertErrorAsync(HttpStatusCode.InternalServerError);
        Assert.Equal("dead", (await rest.GetObjectAsync($"/api/kernels/{kernel}"))["execution_state"]!.GetValue<string>());

        Directory.Move(elsewhere, _folder);
        using var restarted = await rest.PostAsync(JupyterRest.Path($"/api/kernels/{kernel}/restart"), null);
        Assert.Equal(HttpStatusCode.OK, restarted.StatusCode);
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_kernel_that_is_busy_when_the_service_is_killed_is_busy_after_it_can_be_interrupted_and_restarted()
    {
        string kernel;
        await using (var service = await StartAsync())
        {
            using var rest = service.ClientOf(KernelServiceFixture.Sam);
            kernel = await rest.StartKernelAsync();
            await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, KernelServiceFixture.Sam);
            await client.ExecuteAsync("import time\nprint('go', flush=True)\ntime.sleep(1000)");
            await client.UntilAsync(message => message.Type == "stream");
            await service.KillAsync();
        }

        await using var next = await StartAsync();
        using var again = next.ClientOf(KernelServiceFixture.Sam);
        Assert.Equal("busy", (await again.GetObjectAsync($"/api/kernels/{kernel}"))["execution_state"]!.GetValue<string>());
        await using var returned = await NotebookClient.ConnectAsync(next.Address, kernel, KernelServiceFixture.Sam);
        using var interrupt = await again.PostAsync(JupyterRest.Path($"/api/kernels/{kernel}/interrupt"), null);
        string status;
        do
        {
            // What comes while the interrupted cell is being wound up is aborted with it.
            status = (await returned.RunAsync("1")).First(message => message.Type == "execute_reply").Text("status");
        }
        while (status == "aborted");

        Assert.Equal("ok", status);
        Assert.Equal("idle", (await again.GetObjectAsync($"/api/kernels/{kernel}"))["execution_state"]!.GetValue<string>());

        using var restarted = await again.PostAsync(JupyterRest.Path($"/api/kernels/{kernel}/restart"), null);
        Assert.Equal(HttpStatusCode.OK, restarted.StatusCode);
        await again.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_kernel_that_dies_after_it_was_taken_over_is_started_again()
    {
        string kernel;
        await using (var service = await StartAsync())
        {
            using var rest = service.ClientOf(KernelServiceFixture.Sam);
            kernel = await rest.StartKernelAsync();
            await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, KernelServiceFixture.Sam);
            await client.RunAsync("x = 1");
            await service.KillAsync();
        }

        await using var next = await StartAsync();
        using var again = next.ClientOf(KernelServiceFixture.Sam);
        await using var returned = await NotebookClient.ConnectAsync(next.Address, kernel, KernelServiceFixture.Sam);
        await returned.ExecuteAsync("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)");
        await returned.UntilAsync(message => message.State == "restarting");
        Assert.Equal("NameError", (await returned.RunAsync("x")).First(message => message.Type == "error").Text("ename"));
        await again.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task Kernels_that_ended_meanwhile_are_forgotten_and_the_rest_end_where_outliving_is_turned_off()
    {
        string dead;
        Process killed, living;
        await using (var service = await StartAsync())
        {
            using var rest = service.ClientOf(KernelServiceFixture.Sam);
            dead = await rest.StartKernelAsync();
            killed = await ProcessOfAsync(service, dead);
            living = await ProcessOfAsync(service, await rest.StartKernelAsync());
            await service.KillAsync();
        }

        using var limit = NotebookClient.Limit(60);
        killed.Kill();
        await GoneAsync(killed, limit.Token);
        await using (var next = await StartAsync())
        {
            using var again = next.ClientOf(KernelServiceFixture.Sam);
            using var gone = await again.GetAsync(JupyterRest.Path($"/api/kernels/{dead}"));
            await gone.AssertErrorAsync(HttpStatusCode.NotFound);
            Assert.Single(await again.GetArrayAsync("/api/kernels"));
        }

        await using var last = await ServiceProcess.StartAsync(("Workspaces:Root", _workspaces), ("Kernels:Outliving:Folder", _folder));
        using var client = last.ClientOf(KernelServiceFixture.Sam);
        Assert.Empty(await client.GetArrayAsync("/api/kernels"));
        await GoneAsync(living, limit.Token);
        Assert.Equal(["lock"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_workspaces, recursive: true);
    }

    private Task<ServiceProcess> StartAsync(string transport = "tcp") => ServiceProcess.StartAsync(
        ("Workspaces:Root", _workspaces), ("Kernels:Outliving:Enabled", "true"), ("Kernels:Outliving:Folder", _folder), ("Kernels:Transport", transport));

    private static async Task<(string Kernel, string Session)> StartSessionAsync(HttpClient rest, string spec)
    {
        using var created = await rest.PostAsJsonAsync(JupyterRest.Path("/api/sessions"), new JsonObject
        {
            ["path"] = "a.ipynb", ["name"] = "a", ["type"] = "notebook", ["kernel"] = new JsonObject { ["name"] = spec },
        });
        var session = await created.JsonAsync();
        return (session["kernel"]!["id"]!.GetValue<string>(), session["id"]!.GetValue<string>());
    }

    private static async Task<Process> ProcessOfAsync(ServiceProcess service, string kernel)
    {
        await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, KernelServiceFixture.Sam);
        var said = (await client.RunAsync("import os\nprint(os.getpid(), flush=True)")).First(message => message.Type == "stream").Text("text");
        return Process.GetProcessById(int.Parse(said, CultureInfo.InvariantCulture));
    }

    /// <summary>Waits until the process runs no more. Whoever inherited it may take its time to ask for its exit code.</summary>
    private static async Task GoneAsync(Process process, CancellationToken cancellationToken)
    {
        while (File.Exists($"/proc/{process.Id}/stat") && !(await File.ReadAllTextAsync($"/proc/{process.Id}/stat", cancellationToken)).Contains(") Z ", StringComparison.Ordinal))
        {
            await Task.Delay(20, cancellationToken);
        }
    }

    private void AssertPrivate()
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(_folder) & Others);
        Assert.All(Directory.GetFiles(_folder, "*.json").Concat(Directory.GetFiles(_folder, "*.kept")), file => Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(file) & Others));
    }
}
