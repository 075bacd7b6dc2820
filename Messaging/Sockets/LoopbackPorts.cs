using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Lyceum.Messaging;

/// <summary>
/// Picks free ports on the loopback for a kernel, which takes a while to bind them: below those that systems give to whoever
/// asks for any, at random, for other processes pick theirs, too, and none that was given out lately.
/// </summary>
public sealed class LoopbackPorts
{
    private const int MaxAttempts = 10_000;
    private const int Remembered = 1000;
    private const int First = 15_000;
    private const int Last = 32_000;

    private readonly Queue<int> _order = new();
    private readonly HashSet<int> _recent = [];
    private readonly Lock _gate = new();

    /// <summary>So many ports, all different.</summary>
    /// <exception cref="IOException">There are not that many.</exception>
    public int[] Pick(int count)
    {
        lock (_gate)
        {
            var ports = new List<int>();
            for (int attempt = 0; ports.Count < count; attempt++)
            {
                if (attempt == MaxAttempts)
                {
                    throw new IOException($"Of {MaxAttempts} ports from {First} to {Last}, not {count} were free.");
                }

                int port = RandomNumberGenerator.GetInt32(First, Last);
                if (!_recent.Contains(port) && IsFree(port))
                {
                    ports.Add(port);
                    Remember(port);
                }
            }

            return [.. ports];
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Remember(int port)
    {
        _recent.Add(port);
        _order.Enqueue(port);
        if (_order.Count > Remembered)
        {
            _recent.Remove(_order.Dequeue());
        }
    }
}
