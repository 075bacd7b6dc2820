using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Lyceum.ModelHostBench;

/// <summary>
/// A client that does as little as a client can: a socket, and a search for the ends of lines. What it costs is the same before
/// every target.
/// </summary>
internal sealed class TokenStream(Target target) : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Milliseconds from the writing of each line to its arrival, where the upstream says when it wrote.</summary>
    public List<double> Delays { get; } = [];

    public int Lines { get; private set; }

    /// <summary>Milliseconds from the request to the first line.</summary>
    public double First { get; private set; }

    public async Task RunAsync(string options, CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync("127.0.0.1", target.Port, cancellationToken);
        await AskAsync(options, cancellationToken);
    }

    /// <summary>One more request on the same connection.</summary>
    public async Task AskAsync(string options, CancellationToken cancellationToken)
    {
        long asked = await SendAsync(options, cancellationToken);
        int length = 0;
        bool isOver = false;
        while (!isOver)
        {
            int read = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            long now = Stopwatch.GetTimestamp();
            length = read > 0 ? length + read : throw new InvalidOperationException($"{target.Name} closed the stream: {Encoding.UTF8.GetString(_buffer, 0, length)}");
            int taken = Take(_buffer.AsSpan(0, length), now, asked);
            // The chunk of length zero that ends the body.
            isOver = _buffer.AsSpan(0, length).EndsWith("\r\n0\r\n\r\n"u8);
            _buffer.AsSpan(taken, length - taken).CopyTo(_buffer);
            length -= taken;
        }
    }

    /// <summary>Goes away in the middle of a stream; answers when, in nanoseconds.</summary>
    public async Task<long> LeaveAsync(string options, CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync("127.0.0.1", target.Port, cancellationToken);
        await SendAsync(options, cancellationToken);
        for (int length = 0; !_buffer.AsSpan(0, length).Contains((byte)'}');)
        {
            length += await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
        }

        long left = Stopwatch.GetTimestamp();
        _socket.Close();
        return left;
    }

    public void Dispose() => _socket.Dispose();

    private async Task<long> SendAsync(string options, CancellationToken cancellationToken)
    {
        string body = $$"""{"model":"paced","messages":[{"role":"user","content":"Hello"}],"options":{{options}}}""";
        string identity = target.Token.Length == 0 ? "" : $"X-Lyceum-Identity: {target.Token}\r\n";
        string request = string.Create(CultureInfo.InvariantCulture, $"POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\n{identity}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        long asked = Stopwatch.GetTimestamp();
        First = 0;
        await _socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        return asked;
    }

    private int Take(ReadOnlySpan<byte> bytes, long now, long asked)
    {
        int taken = 0;
        while (bytes[taken..].IndexOf("}\n"u8) is var end and >= 0)
        {
            ReadOnlySpan<byte> line = bytes.Slice(taken, end);
            First = First == 0 ? Milliseconds(now - asked) : First;
            Lines++;
            if (line.LastIndexOf("\"t\":"u8) is var at and >= 0 && Utf8Parser.TryParse(line[(at + 4)..], out long written, out _))
            {
                Delays.Add(Milliseconds(now - written));
            }

            taken += end + 2;
        }

        return taken;
    }

    // On Linux a timestamp is CLOCK_MONOTONIC in nanoseconds, as Node's hrtime is.
    private static double Milliseconds(long nanoseconds) => nanoseconds / 1e6;
}
