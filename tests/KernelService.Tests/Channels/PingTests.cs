using System.Net.Sockets;
using System.Text;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

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

    [Fact]
    public async Task A_client_that_went_without_a_word_is_let_go_and_the_others_stay()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

        // A client answers pings while it receives.
        var gate = Path.Combine(service.WorkspaceOf(KernelServiceFixture.Sam), "gate-ping");
        var receiving = client.RunAsync($"import os, time\nwhile not os.path.exists('{gate}'):\n    print('.', flush=True)\n    time.sleep(0.5)");

        // As behind a cable that was pulled: the connection stands, and nobody answers or closes.
        using var limit = NotebookClient.Limit(60);
        using var halfOpen = new TcpClient(service.Address.Host, service.Address.Port);
        await using var stream = halfOpen.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /api/kernels/{kernel}/channels?session_id=gone HTTP/1.1\r\nHost: {service.Address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{IdentityHeader.Name}: {TestIdentity.Token(KernelServiceFixture.Sam)}\r\n\r\n"), limit.Token);
        var received = new StringBuilder();
        try
        {
            var buffer = new byte[1024];
            while (await stream.ReadAsync(buffer, limit.Token) is > 0 and var read)
            {
                received.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Reset, which ends it as well.
        }

        Assert.StartsWith("HTTP/1.1 101 ", received.ToString(), StringComparison.Ordinal);
        while ((await rest.GetObjectAsync($"/api/kernels/{kernel}"))["connections"]!.GetValue<int>() != 1)
        {
            await Task.Delay(20, limit.Token);
        }

        await File.WriteAllTextAsync(gate, "", limit.Token);
        Assert.Contains(await receiving, message => message.Type == "execute_reply" && message.Text("status") == "ok");
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
