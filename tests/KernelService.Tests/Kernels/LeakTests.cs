namespace Lyceum.KernelService.Tests.Kernels;

public sealed class LeakTests
{
    private const int Connects = 1000;
    private const int AtOnce = 10;

    // Connections that Kestrel and the runtime keep open for a while, whoever comes and goes.
    private const int Leeway = 40;

    // What the collector leaves to itself; a connection that kept but its buffers would take as much a hundred times over.
    private const long MemoryLeeway = 64L * 1024 * 1024;

    [Fact]
    public async Task A_thousand_connects_and_drops_leave_no_sockets_no_processes_and_no_memory_behind()
    {
        await using var service = await ServiceProcess.StartAsync(("WarmKernels:Size", "0"));
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        // Compiled, and with all the buffers that so many at once take.
        await ComeAndGoAsync(service, kernel, Connects / 5);
        await UntilAsync(async () => await ConnectionsAsync(rest, kernel) == 0);
        var before = (service.OpenFiles, service.Children, service.Memory);

        await ComeAndGoAsync(service, kernel, Connects);

        await UntilAsync(async () => await ConnectionsAsync(rest, kernel) == 0 && service.OpenFiles <= before.OpenFiles + Leeway);
        await UntilAsync(() => Task.FromResult(service.Memory <= before.Memory + MemoryLeeway));
        Assert.InRange(service.Children, 1, before.Children);
        await using (var last = await NotebookClient.ConnectAsync(service.Address, kernel, KernelServiceFixture.Sam))
        {
            await last.RunAsync("1");
        }

        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        await UntilAsync(() => Task.FromResult(service.Children == 0));
    }

    private static Task ComeAndGoAsync(ServiceProcess service, string kernel, int connects) =>
        Parallel.ForAsync(0, connects, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            var client = await NotebookClient.ConnectAsync(service.Address, kernel, KernelServiceFixture.Sam, subprotocol: i % 2 == 0 ? NotebookClient.V1 : null);
            if (i % 10 == 0)
            {
                await client.ExecuteAsync("print('nobody reads this')");
            }

            if (i % 3 != 0)
            {
                client.Drop();
            }

            await client.DisposeAsync();
        });

    private static async Task<int> ConnectionsAsync(HttpClient rest, string kernel) =>
        (await rest.GetObjectAsync($"/api/kernels/{kernel}"))["connections"]!.GetValue<int>();

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = NotebookClient.Limit(60);
        while (!await isSo())
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
