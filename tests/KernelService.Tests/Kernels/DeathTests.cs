using System.Net;

namespace Lyceum.KernelService.Tests.Kernels;

/// <summary>Kernels that never work: they end at once, or never answer.</summary>
public sealed class DeathTests(DeathTests.BadKernels service) : IClassFixture<DeathTests.BadKernels>
{
    [Theory]
    [InlineData("ends")]
    [InlineData("sleeps")]
    public async Task A_kernel_that_never_answers_is_dead_in_the_end_and_its_clients_are_told(string spec)
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync(spec);
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

        await client.UntilAsync(message => message.State == "dead");

        Assert.Equal("dead", (await rest.GetObjectAsync($"/api/kernels/{kernel}"))["execution_state"]!.GetValue<string>());
        await using var late = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, subprotocol: null);
        Assert.Equal("dead", (await late.ReceiveAsync())!.State);
        using var restart = await rest.PostAsync(JupyterRest.Path($"/api/kernels/{kernel}/restart"), null);
        Assert.Contains("cannot be started", await restart.AssertErrorAsync(HttpStatusCode.InternalServerError), StringComparison.Ordinal);
        using var deleted = await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Fact]
    public async Task A_kernelspec_whose_program_is_missing_is_not_listed()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var specs = (await rest.GetObjectAsync("/api/kernelspecs"))["kernelspecs"]!.AsObject();

        Assert.True(specs.ContainsKey("ends"));
        Assert.False(specs.ContainsKey("missing"));
        Assert.False(specs.ContainsKey("broken"));
    }

    [Fact]
    public async Task Logos_are_served_and_no_path_leaves_the_kernelspec()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var spec = await rest.GetObjectAsync("/api/kernelspecs/ends");
        Assert.Equal("/kernelspecs/ends/logo-64x64.png", spec["resources"]!["logo-64x64"]!.GetValue<string>());
        using var logo = await rest.GetAsync(JupyterRest.Path("/kernelspecs/ends/logo-64x64.png"));
        Assert.Equal("image/png", logo.Content.Headers.ContentType!.MediaType);

        foreach (var path in (string[])["/kernelspecs/ends/kernel.json", "/kernelspecs/ends/..%2Fsleeps%2Fkernel.json", "/kernelspecs/..%2Fkernels/ends", "/kernelspecs/none/logo-64x64.png", "/api/kernelspecs/none"])
        {
            using var refused = await rest.GetAsync(JupyterRest.Path(path));
            await refused.AssertErrorAsync(HttpStatusCode.NotFound);
        }
    }

    public sealed class BadKernels : KernelServiceFixture
    {
        private readonly string _data = Directory.CreateTempSubdirectory("lyceum-specs-").FullName;

        protected override IEnumerable<KeyValuePair<string, string?>> Settings
        {
            get
            {
                Write("ends", """{"argv": ["sh", "-c", "exit 3", "{connection_file}"], "display_name": "Ends", "language": "none"}""");
                Write("sleeps", """{"argv": ["sh", "-c", "sleep 1000", "{connection_file}"], "display_name": "Sleeps", "language": "none"}""");
                Write("missing", """{"argv": ["/no/such/program", "{connection_file}"], "display_name": "Missing", "language": "none"}""");
                Write("broken", "{");
                File.WriteAllBytes(Path.Combine(_data, "kernels", "ends", "logo-64x64.png"), [0x89, 0x50, 0x4E, 0x47]);
                return [new("Kernelspecs:Folders:0", _data), new("Kernels:StartTimeout", "00:00:02"), new("Kernels:MaxRestarts", "2")];
            }
        }

        private void Write(string name, string json)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_data, "kernels", name));
            File.WriteAllText(Path.Combine(folder.FullName, "kernel.json"), json);
        }
    }
}
