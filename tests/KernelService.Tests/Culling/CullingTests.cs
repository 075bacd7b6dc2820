using System.Net;

namespace Lyceum.KernelService.Tests.Culling;

public sealed class CullingTests
{
    [Fact]
    public async Task An_idle_kernel_is_ended_but_none_that_is_busy_or_has_a_client()
    {
        var service = new Culled(busyAndConnected: false);
        await service.InitializeAsync();
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var connected = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, connected, KernelServiceFixture.Sam);
        await client.RunAsync("1");
        var busy = await rest.StartKernelAsync();
        await using (var starter = await NotebookClient.ConnectAsync(service, busy, KernelServiceFixture.Sam))
        {
            await starter.ExecuteAsync("import time\nprint('go', flush=True)\ntime.sleep(1000)");
            await starter.UntilAsync(message => message.Type == "stream");
        }

        var idle = await rest.StartKernelAsync();

        await UntilGoneAsync(rest, idle);
        // The others have been idle, or silent, for longer than that one.
        Assert.Equal("busy", (await rest.GetObjectAsync($"/api/kernels/{busy}"))["execution_state"]!.GetValue<string>());
        Assert.Equal("idle", (await rest.GetObjectAsync($"/api/kernels/{connected}"))["execution_state"]!.GetValue<string>());
        await service.DisposeAsync();
    }

    [Fact]
    public async Task Busy_and_connected_kernels_are_ended_where_that_is_configured()
    {
        var service = new Culled(busyAndConnected: true);
        await service.InitializeAsync();
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var busy = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, busy, KernelServiceFixture.Sam);
        await client.ExecuteAsync("import time\nprint('go', flush=True)\ntime.sleep(1000)");

        await UntilGoneAsync(rest, busy);

        while (await client.ReceiveAsync() is not null)
        {
        }

        await service.DisposeAsync();
    }

    private static async Task UntilGoneAsync(HttpClient rest, string kernel)
    {
        using var limit = NotebookClient.Limit(60);
        while (true)
        {
            using var response = await rest.GetAsync(JupyterRest.Path($"/api/kernels/{kernel}"), limit.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return;
            }

            await Task.Delay(50, limit.Token);
        }
    }

    private sealed class Culled(bool busyAndConnected) : KernelServiceFixture
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [
            new("Kernels:CullIdleAfter", "00:00:04"), new("Kernels:CullBusy", busyAndConnected ? "true" : "false"),
            new("Kernels:CullConnected", busyAndConnected ? "true" : "false"), new("WarmKernels:Size", "0"),
        ];
    }
}
