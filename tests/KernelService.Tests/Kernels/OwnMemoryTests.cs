using System.Net;
using System.Net.Http.Json;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Kernels;

public sealed class OwnMemoryTests : IAsyncLifetime
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("lyceum-home-");
    private Testing.ServiceProcess _service = null!;

    public async Task InitializeAsync() => _service = await Testing.ServiceProcess.StartUnprivilegedAsync(
        typeof(Program).Assembly, _home.FullName, [new("Workspaces:Root", Path.Combine(_home.FullName, "workspaces"))]);

    public async Task DisposeAsync()
    {
        await _service.StopAsync();
        await _service.DisposeAsync();
        _home.Delete(recursive: true);
    }

    [Fact]
    public async Task A_kernel_of_the_services_own_account_reads_neither_its_environment_nor_its_memory()
    {
        using var rest = _service.ClientFor(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(_service.Address, kernel, KernelServiceFixture.Sam);
        var messages = await client.RunAsync(
            $$"""
            import os
            def looked_into(process, name):
                try:
                    with open(f'/proc/{process}/{name}', 'rb') as file:
                        file.read(1)
                    return True
                except OSError as error:
                    return not isinstance(error, PermissionError)
            same = os.stat('/proc/self/status').st_uid == os.getuid() and f'Uid:\t{os.getuid()}\t' in open('/proc/{{_service.Id}}/status').read()
            print(same, [looked_into({{_service.Id}}, name) for name in ('environ', 'maps', 'mem')], looked_into(os.getpid(), 'environ'))
            """);
        Assert.Equal("True [False, False, False] True\n", Printed(messages));

        // It still works with files as it did.
        using var saved = await rest.PutAsJsonAsync(JupyterRest.Path("/api/contents/own.txt"), new { type = "file", format = "text", content = "x" });
        Assert.Equal(HttpStatusCode.Created, saved.StatusCode);
        using var read = await rest.GetAsync(JupyterRest.Path("/api/contents/own.txt"));
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact]
    public async Task A_kernel_finds_no_socket_at_which_the_services_runtime_hands_out_dumps()
    {
        using var rest = _service.ClientFor(KernelServiceFixture.Sam);
        var other = await rest.StartKernelAsync("csharp");
        await using var theirs = await NotebookClient.ConnectAsync(_service.Address, other, KernelServiceFixture.Sam);
        var process = Printed(await theirs.RunAsync("Console.Write(Environment.ProcessId);"));

        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(_service.Address, kernel, KernelServiceFixture.Sam);
        var messages = await client.RunAsync(
            $$"""
            import os, tempfile
            names = os.listdir(tempfile.gettempdir())
            def doors(process):
                return sum(name.startswith((f'dotnet-diagnostic-{process}-', f'clr-debug-pipe-{process}-')) for name in names)
            print(doors({{_service.Id}}), doors({{process}}) > 0)
            """);

        Assert.Equal("0 True\n", Printed(messages));
    }

    [Fact]
    public async Task With_the_runtimes_diagnostics_on_the_service_does_not_start_and_says_what_to_set()
    {
        var (code, said) = await Testing.ServiceProcess.FailAsync(typeof(Program).Assembly, new KeyValuePair<string, string?>("DOTNET_EnableDiagnostics", "1"));

        Assert.NotEqual(0, code);
        Assert.Contains("set the environment variable DOTNET_EnableDiagnostics=0", said, StringComparison.Ordinal);
    }

    private static string Printed(IEnumerable<Received> messages) =>
        string.Concat(messages.Where(message => message.Type == "stream").Select(message => message.Text("text")));
}
