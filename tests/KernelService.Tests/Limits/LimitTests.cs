namespace Lyceum.KernelService.Tests.Limits;

public sealed class LimitTests
{
    [Fact]
    public async Task A_cell_that_wants_more_memory_than_allowed_fails_and_the_kernel_lives_on()
    {
        await using var service = await LimitedAsync(("Kernels:Limits:MemoryBytes", "1000000000"), ("Kernels:Limits:OpenFiles", "300"), ("Kernels:Limits:CpuTime", "01:00:00"));
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

        // Otherwise ipykernel aborts what comes within a moment of a failure.
        var tooMuch = await client.RunAsync("x = bytearray(2_000_000_000)", stopOnError: false);
        var limits = await client.RunAsync("import resource\nprint(resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_CPU), flush=True)");

        Assert.Equal("MemoryError", tooMuch.First(message => message.Type == "error").Text("ename"));
        Assert.Equal("(300, 300) (3600, 3605)\n", limits.First(message => message.Type == "stream").Text("text"));
    }

    [Fact]
    public async Task A_kernel_joins_a_control_group_with_its_limits_before_it_runs()
    {
        // An ordinary folder stands in for the system's, where a test may not be allowed to make groups.
        using var parent = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(parent.Path, "cgroup.procs"), "");
        await using var service = await LimitedAsync(
            ("Kernels:Limits:Cgroup", parent.Path), ("Kernels:Limits:MemoryBytes", "1000000000"), ("Kernels:Limits:Cpus", "1.5"), ("Kernels:Limits:Processes", "200"));
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using (var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam))
        {
            await client.RunAsync("1");
        }

        string Written(string file) => File.ReadAllText(Path.Combine(parent.Path, $"kernel-{kernel}", file)).TrimEnd();
        Assert.Equal("+memory +cpu +pids", await File.ReadAllTextAsync(Path.Combine(parent.Path, "cgroup.subtree_control")));
        Assert.Equal(("1000000000", "150000 100000", "200"), (Written("memory.max"), Written("cpu.max"), Written("pids.max")));
        Assert.Equal("0", Written("cgroup.procs"));

        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        Assert.Equal("1", Written("cgroup.kill"));
    }

    [Theory]
    [InlineData("Kernels:Limits:MemoryBytes", "1000", "at least 67108864")]
    [InlineData("Kernels:Limits:Cpus", "2", "need Kernels:Limits:Cgroup")]
    [InlineData("Kernels:Limits:Cgroup", "/usr", "no folder of cgroup v2")]
    public async Task A_limit_that_cannot_be_kept_stops_the_start(string key, string value, string reason)
    {
        var (code, said) = await Testing.ServiceProcess.FailAsync(typeof(Program).Assembly, KeyValuePair.Create(key, (string?)value));

        Assert.NotEqual(0, code);
        Assert.Contains(reason, said, StringComparison.Ordinal);
    }

    private static async Task<Limited> LimitedAsync(params (string Key, string Value)[] settings)
    {
        var service = new Limited([.. settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))]);
        await service.InitializeAsync();
        return service;
    }

    private sealed class Limited(IReadOnlyList<KeyValuePair<string, string?>> settings) : KernelServiceFixture, IAsyncDisposable
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [.. settings, new("WarmKernels:Size", "0")];

        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("lyceum-cgroup-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
