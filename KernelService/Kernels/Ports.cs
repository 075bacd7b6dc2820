using System.Net;
using System.Net.Sockets;

namespace Lyceum.KernelService.Kernels;

/// <summary>Picks free ports on the loopback. Those given out lately are not given out again, for a kernel takes a while to bind its own.</summary>
internal sealed class Ports
{
    private const int Remembered = 1000;

    private readonly Queue<int> _order = new();
    private readonly HashSet<int> _recent = [];
    private readonly Lock _gate = new();

    public int[] Pick(int count)
    {
        lock (_gate)
        {
            var held = new List<Socket>();
            try
            {
                var ports = new List<int>();
                while (ports.Count < count)
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    held.Add(socket);
                    socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                    var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
                    if (_recent.Add(port))
                    {
                        _order.Enqueue(port);
                        ports.Add(port);
                    }
                }

                return [.. ports];
            }
            finally
            {
                held.ForEach(socket => socket.Dispose());
                while (_order.Count > Remembered)
                {
                    _recent.Remove(_order.Dequeue());
                }
            }
        }
    }
}
