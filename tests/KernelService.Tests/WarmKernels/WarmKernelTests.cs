using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests.WarmKernels;

public sealed class WarmKernelTests(WarmKernelFixture service) : IClassFixture<WarmKernelFixture>
{
    [Fact]
    public async Task A_kernel_from_the_pool_is_as_if_it_had_been_started_in_its_notebooks_folder()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var folder = Directory.CreateDirectory(Path.Combine(service.WorkspaceOf(KernelServiceFixture.Sam), "unit ünd \"1\" 🎓")).FullName;
        await service.UntilWarmAsync("marked");

        var kernel = await rest.StartKernelAsync("marked", new JsonObject
        {
            ["path"] = "unit ünd \"1\" 🎓/a.ipynb",
            ["env"] = new JsonObject { ["KERNEL_USERNAME"] = "s'am\"\"\"\\", ["KERNEL_EMPTY"] = "", ["LD_PRELOAD"] = "/evil.so" },
        });
        Assert.NotEqual("starting", (await rest.GetObjectAsync($"/api/kernels/{kernel}"))["execution_state"]!.GetValue<string>());
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        var names = (await client.RunAsync("sorted(name for name in dir() if not name.startswith('_'))")).Single(message => message.Type == "execute_result");
        var messages = await client.RunAsync(
            """
            import json, os, subprocess, sys, ipykernel.connect
            child = subprocess.run([sys.executable, '-c', 'import os; print(os.getcwd()); print(os.environ["KERNEL_USERNAME"])'], capture_output=True, text=True).stdout.splitlines()
            print(json.dumps([os.getcwd(), dict(os.environ), child, sys.path[0], _dh, ipykernel.connect.get_connection_file()]), flush=True)
            """);

        Assert.Equal(1, names.Content["execution_count"]!.GetValue<int>());
        Assert.Equal("['In', 'Out', 'exit', 'get_ipython', 'quit']", names.Content["data"]!["text/plain"]!.GetValue<string>());
        var said = JsonNode.Parse(messages.First(message => message.Type == "stream").Text("text"))!.AsArray();
        Assert.Equal(folder, said[0]!.GetValue<string>());
        Assert.Equal("s'am\"\"\"\\", said[1]!["KERNEL_USERNAME"]!.GetValue<string>());
        Assert.Equal("", said[1]!["KERNEL_EMPTY"]!.GetValue<string>());
        Assert.Equal(kernel, said[1]!["KERNEL_ID"]!.GetValue<string>());
        Assert.Null(said[1]!["LD_PRELOAD"]);
        Assert.Equal([folder, "s'am\"\"\"\\"], said[2]!.AsArray().Select(line => line!.GetValue<string>()));
        Assert.Equal(folder, said[3]!.GetValue<string>());
        Assert.Equal([folder], said[4]!.AsArray().Select(entry => entry!.GetValue<string>()));
        Assert.EndsWith($"kernel-{kernel}.json", said[5]!.GetValue<string>(), StringComparison.Ordinal);
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_restarted_kernel_keeps_folder_and_variables()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        await service.UntilWarmAsync("marked");
        var kernel = await rest.StartKernelAsync("marked", new JsonObject { ["env"] = new JsonObject { ["KERNEL_USERNAME"] = "sam" } });

        using var restarted = await rest.PostAsync(JupyterRest.Path($"/api/kernels/{kernel}/restart"), null);

        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        var messages = await client.RunAsync("import os\nprint(os.getcwd(), os.environ['KERNEL_USERNAME'], flush=True)");
        Assert.Equal($"{service.WorkspaceOf(KernelServiceFixture.Sam)} sam\n", messages.First(message => message.Type == "stream").Text("text"));
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task The_CSharp_kernel_comes_from_the_pool_too()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        await service.UntilWarmAsync("csharp");
        var kernel = await rest.StartKernelAsync("csharp", new JsonObject { ["env"] = new JsonObject { ["KERNEL_USERNAME"] = "sam" } });
        Assert.NotEqual("starting", (await rest.GetObjectAsync($"/api/kernels/{kernel}"))["execution_state"]!.GetValue<string>());
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

        var messages = await client.RunAsync("""Console.Write(Environment.CurrentDirectory + " " + Environment.GetEnvironmentVariable("KERNEL_USERNAME"));""");

        Assert.Equal($"{service.WorkspaceOf(KernelServiceFixture.Sam)} sam", string.Concat(messages.Where(message => message.Type == "stream").Select(message => message.Text("text"))));
        Assert.Equal(1, messages.First(message => message.Type == "execute_reply").Content["execution_count"]!.GetValue<int>());
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_variable_that_programs_read_when_they_start_makes_a_new_process()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        await service.UntilWarmAsync("csharp");
        var kernel = await rest.StartKernelAsync("csharp", new JsonObject { ["env"] = new JsonObject { ["LYCEUM_TEST_START"] = "yes" } });

        Assert.Equal("starting", (await rest.GetObjectAsync($"/api/kernels/{kernel}"))["execution_state"]!.GetValue<string>());
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_kernel_that_ends_while_it_waits_is_replaced_and_the_service_leaves_none_behind()
    {
        var own = new WarmKernelFixture();
        await own.InitializeAsync();
        await own.UntilWarmAsync("marked");
        using var first = own.WarmProcess();

        first.Kill();

        using var limit = NotebookClient.Limit();
        await first.WaitForExitAsync(limit.Token);
        await own.UntilWarmAsync("marked", other: first.Id);
        using var second = own.WarmProcess();
        await own.DisposeAsync();
        Assert.True(second.HasExited);
    }
}

/// <summary>A service that keeps C# warm, and Python under a kernelspec whose processes can be told from all others.</summary>
public sealed class WarmKernelFixture : KernelServiceFixture
{
    private readonly string _mark = $"lyceum_test_{Guid.NewGuid():N}";
    private readonly string _data = Directory.CreateTempSubdirectory("lyceum-specs-").FullName;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings
    {
        get
        {
            var folder = Directory.CreateDirectory(Path.Combine(_data, "kernels", "marked"));
            File.WriteAllText(
                Path.Combine(folder.FullName, "kernel.json"),
                $$"""{"argv": ["/usr/bin/python3", "-X", "{{_mark}}", "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "Marked", "language": "python"}""");
            return
            [
                new("Kernelspecs:Folders:0", _data), new("WarmKernels:Kernelspecs:0", "marked"), new("WarmKernels:Kernelspecs:1", "csharp"),
                new("Kernels:ClientEnvironment:0", "LYCEUM_TEST_START"),
            ];
        }
    }

    internal async Task UntilWarmAsync(string spec, int other = 0)
    {
        using var limit = NotebookClient.Limit(60);
        while (WarmCount(spec) == 0 || (other != 0 && MarkedProcesses().All(id => id == other)))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    internal Process WarmProcess() => Process.GetProcessById(MarkedProcesses().Single());

    private IEnumerable<int> MarkedProcesses()
    {
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                if (CommandLine(process.Id).Contains(_mark, StringComparison.Ordinal))
                {
                    yield return process.Id;
                }
            }
        }
    }

    private static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
