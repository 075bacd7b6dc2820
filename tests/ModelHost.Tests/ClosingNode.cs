using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lyceum.ModelHost.Tests;

/// <summary>A node that promises to keep its connections alive and closes each of them after one answer, when the peer may be using it again.</summary>
internal sealed class ClosingNode : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _stream;
    private Task _accepting = Task.CompletedTask;

    private ClosingNode(string stream) => _stream = stream;

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public static Task<ClosingNode> StartAsync(string stream)
    {
        var node = new ClosingNode(stream);
        node._listener.Start();
        node._accepting = node.AcceptAsync();
        return Task.FromResult(node);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using (connection)
        {
            try
            {
                var stream = connection.GetStream();
                var (target, body) = await ReadRequestAsync(stream);
                var answer = target switch
                {
                    "/api/version" => """{"version":"1.0.0"}""",
                    "/api/tags" => """{"models":[{"name":"tiny:latest"}]}""",
                    "/api/ps" => """{"models":[]}""",
                    _ => body.Length > 0 ? _stream : "",
                };
                var type = target == "/api/chat" ? "application/x-ndjson" : "application/json";
                await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(answer)}\r\n\r\n{answer}"), _stop.Token);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                // The peer's business.
            }
        }
    }

    private async Task<(string Target, string Body)> ReadRequestAsync(NetworkStream stream)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var text = Encoding.UTF8.GetString(buffer, 0, length);
            if (text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is var end and >= 0)
            {
                var size = text.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) is { } line
                    ? int.Parse(line["Content-Length:".Length..], System.Globalization.CultureInfo.InvariantCulture)
                    : 0;
                if (length - end - 4 >= size)
                {
                    return (text.Split(' ')[1], text[(end + 4)..]);
                }
            }

            var read = await stream.ReadAsync(buffer.AsMemory(length), _stop.Token);
            length += read > 0 ? read : throw new IOException("The peer closed.");
        }
    }
}
