using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.TelemetryBench;

/// <summary>
/// A client of HTTP/1.1 that only posts, on a connection of its own: what a request costs it is a small part of what it costs the
/// service, with which it shares the machine.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LastChunk = "\r\n0\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[64 * 1024];
    private readonly string _head;
    private byte[] _request = new byte[64 * 1024];

    private RawConnection(Uri address, string path, string identity) =>
        _head = $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\n{IdentityHeader.Name}: {identity}\r\nContent-Type: application/json\r\nContent-Length: ";

    /// <summary>Connects, as a service that sends events.</summary>
    public static async Task<RawConnection> OpenAsync(Uri address, string path)
    {
        var connection = new RawConnection(address, path, TestIdentity.Token(TestIdentity.Service()));
        await connection._socket.ConnectAsync(IPAddress.Loopback, address.Port);
        return connection;
    }

    /// <summary>Posts and reads the answer to its end; answers its status.</summary>
    public async Task<int> PostAsync(ReadOnlyMemory<byte> body)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_head}{body.Length}\r\n\r\n"));
        var length = head.Length + body.Length;
        if (_request.Length < length)
        {
            _request = new byte[length * 2];
        }

        head.CopyTo(_request, 0);
        body.CopyTo(_request.AsMemory(head.Length));
        for (var sent = 0; sent < length;)
        {
            sent += await _socket.SendAsync(_request.AsMemory(sent, length - sent));
        }

        var read = 0;
        while (!IsWhole(_received.AsSpan(0, read)))
        {
            var more = await _socket.ReceiveAsync(_received.AsMemory(read));
            read += more > 0 ? more : throw new IOException("The service has hung up.");
        }

        return int.Parse(_received.AsSpan(9, 3), CultureInfo.InvariantCulture);
    }

    /// <inheritdoc />
    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf(HeadEnd);
        if (end < 0)
        {
            return false;
        }

        var at = answer[..end].IndexOf("Content-Length: "u8);
        return at < 0
            ? answer.EndsWith(LastChunk)
            : answer.Length >= end + HeadEnd.Length + int.Parse(answer[(at + 16)..][..answer[(at + 16)..].IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }
}
