using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Lyceum.KernelService.Tests.Channels;

public sealed class ReconnectTests(ReconnectTests.SmallBuffers service) : IClassFixture<ReconnectTests.SmallBuffers>
{
    [Fact]
    public async Task A_client_that_returns_with_its_session_gets_what_it_missed_in_order()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        var dropped = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, session: "page-1");
        var gate = Path.Combine(service.WorkspaceOf(KernelServiceFixture.Sam), "gate-1");
        var id = await dropped.ExecuteAsync($"import os, time\nprint('before', flush=True)\nwhile not os.path.exists({Quote(gate)}): time.sleep(0.01)\nfor i in range(100): print(i, flush=True)");
        await dropped.UntilAsync(message => message.Type == "stream");
        dropped.Drop();
        await UntilConnectionsAsync(rest, kernel, 0);
        await File.WriteAllTextAsync(gate, "");
        await UntilStateAsync(rest, kernel, "idle");

        await using var back = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, session: "page-1");
        var missed = await back.CollectAsync(id);

        var text = string.Concat(missed.Where(message => message.Type == "stream").Select(message => message.Text("text")));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(missed, message => message.Type == "execute_reply");
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task What_exceeds_the_buffer_is_dropped_from_the_front_and_the_cell_says_so()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        var dropped = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, session: "page-2");
        var gate = Path.Combine(service.WorkspaceOf(KernelServiceFixture.Sam), "gate-2");
        var id = await dropped.ExecuteAsync($"import os, time\nprint('before', flush=True)\nwhile not os.path.exists({Quote(gate)}): time.sleep(0.01)\nfor i in range(100): print('x' * 50_000, i, flush=True)");
        await dropped.UntilAsync(message => message.Type == "stream");
        dropped.Drop();
        await UntilConnectionsAsync(rest, kernel, 0);
        await File.WriteAllTextAsync(gate, "");
        await UntilStateAsync(rest, kernel, "idle");

        await using var back = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, session: "page-2");
        var missed = await back.CollectAsync(id);

        var streams = missed.Where(message => message.Type == "stream").ToArray();
        Assert.Equal("stderr", streams[0].Text("name"));
        Assert.Contains("messages were dropped here", streams[0].Text("text"), StringComparison.Ordinal);
        Assert.EndsWith(" 99\n", streams[^1].Text("text"), StringComparison.Ordinal);
        Assert.InRange(streams.Sum(message => message.Text("text").Length), 100_000, 1024 * 1024);
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task A_second_connection_of_a_session_takes_the_place_of_the_first()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var first = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, session: "page-3");
        await first.RunAsync("1");
        await using var second = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, session: "page-3");

        Assert.Null(await first.ReceiveAsync());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, first.CloseStatus);
        await second.RunAsync("2");
        Assert.Equal(1, (await rest.GetObjectAsync($"/api/kernels/{kernel}"))["connections"]!.GetValue<int>());
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task A_message_that_breaks_the_framing_closes_that_connection_and_no_other(byte[] bytes, WebSocketMessageType type, string? subprotocol, WebSocketCloseStatus expected)
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var broken = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, subprotocol);
        await using var sound = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        await broken.SendRawAsync(bytes, type);

        while (await broken.ReceiveAsync() is not null)
        {
        }

        Assert.Equal(expected, broken.CloseStatus);
        await sound.RunAsync("1");
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    public static TheoryData<byte[], WebSocketMessageType, string?, WebSocketCloseStatus> Nonsense => new()
    {
        { [1, 2, 3], WebSocketMessageType.Binary, NotebookClient.V1, WebSocketCloseStatus.InvalidPayloadData },
        { [.. BitConverter.GetBytes(6L), .. Enumerable.Repeat<byte>(0xFF, 48)], WebSocketMessageType.Binary, NotebookClient.V1, WebSocketCloseStatus.InvalidPayloadData },
        { NotebookClient.FrameV1(["nowhere"u8.ToArray(), [], [], [], []]), WebSocketMessageType.Binary, NotebookClient.V1, WebSocketCloseStatus.InvalidPayloadData },
        { "not json"u8.ToArray(), WebSocketMessageType.Text, null, WebSocketCloseStatus.InvalidPayloadData },
        { "{\"content\":{}}"u8.ToArray(), WebSocketMessageType.Text, null, WebSocketCloseStatus.InvalidPayloadData },
        { Encoding.UTF8.GetBytes(new string(' ', 2 * 1024 * 1024)), WebSocketMessageType.Text, null, WebSocketCloseStatus.MessageTooBig },
    };

    private static string Quote(string text) => $"'{text}'";

    private static async Task UntilConnectionsAsync(HttpClient rest, string kernel, int count)
    {
        using var limit = NotebookClient.Limit();
        while ((await rest.GetObjectAsync($"/api/kernels/{kernel}"))["connections"]!.GetValue<int>() != count)
        {
            await Task.Delay(10, limit.Token);
        }
    }

    private static async Task UntilStateAsync(HttpClient rest, string kernel, string state)
    {
        using var limit = NotebookClient.Limit();
        while ((await rest.GetObjectAsync($"/api/kernels/{kernel}"))["execution_state"]!.GetValue<string>() != state)
        {
            await Task.Delay(10, limit.Token);
        }
    }

    public sealed class SmallBuffers : KernelServiceFixture
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [
            new("Channels:BufferBytes", "1048576"),
            new("Channels:MaxMessageBytes", "1048576"),
        ];
    }
}
