using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Kernels;

public sealed class ServiceEndTests
{
    [Fact]
    public async Task When_the_service_stops_its_kernels_end_and_clients_are_told_to_come_back()
    {
        var service = new KernelServiceFixture();
        await service.InitializeAsync();
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        var process = await ProcessOfAsync(client);

        var stopping = service.DisposeAsync();
        while (await client.ReceiveAsync() is not null)
        {
        }

        Assert.Equal(WebSocketCloseStatus.InternalServerError, client.CloseStatus);
        await stopping;
        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task When_the_service_is_killed_its_kernels_end_by_themselves()
    {
        await using var service = await ServiceProcess.StartAsync();
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        Process process;
        await using (var client = await NotebookClient.ConnectAsync(service.Address, kernel, KernelServiceFixture.Sam))
        {
            process = await ProcessOfAsync(client);
        }

        await service.KillAsync();

        using var limit = NotebookClient.Limit();
        await process.WaitForExitAsync(limit.Token);
    }

    private static async Task<Process> ProcessOfAsync(NotebookClient client)
    {
        var messages = await client.RunAsync("import os\nprint(os.getpid(), flush=True)");
        return Process.GetProcessById(int.Parse(messages.First(message => message.Type == "stream").Text("text"), CultureInfo.InvariantCulture));
    }
}
