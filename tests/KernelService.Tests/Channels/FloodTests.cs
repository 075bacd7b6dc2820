using System.Globalization;

namespace Lyceum.KernelService.Tests.Channels;

/// <summary>In a process of its own, as everywhere but in tests: a collection of this one's heap would hold up the service for too long.</summary>
public sealed class FloodTests
{
    [Fact]
    public async Task A_flood_of_20000_lines_arrives_without_loss_and_in_order()
    {
        await using var service = await ServiceProcess.StartAsync(("WarmKernels:Size", "0"));
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, KernelServiceFixture.Sam);

        var messages = await client.RunAsync("for i in range(20000): print(i, flush=True)");

        var text = string.Concat(messages.Where(message => message.Type == "stream").Select(message => message.Text("text")));
        Assert.Equal(Enumerable.Range(0, 20_000), text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture)));
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }
}
