namespace Lyceum.KernelService.Tests.Channels;

public sealed class PingTests(PingTests.Impatient service) : IClassFixture<PingTests.Impatient>
{
    [Fact]
    public async Task A_client_that_answers_pings_stays_connected_while_the_kernel_is_silent_and_while_it_floods()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

        var messages = await client.RunAsync(
            "import time\ntime.sleep(7)\nfor i in range(40):\n    print(i, flush=True)\n    time.sleep(0.1)");

        Assert.Equal(40, string.Concat(messages.Where(message => message.Type == "stream").Select(message => message.Text("text"))).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    public sealed class Impatient : KernelServiceFixture
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [
            new("Channels:PingInterval", "00:00:01"),
            new("Channels:PingTimeout", "00:00:05"),
        ];
    }
}
