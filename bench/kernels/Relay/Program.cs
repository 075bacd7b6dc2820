using System.Globalization;
using System.Net;
using System.Net.Sockets;

// Passes bytes on between ports of this machine, unread, with a thread for each direction of each connection: the least that anything
// between a client and a kernel does. Arguments: port:target port, any number of them. It ends with the first connection that does.
using var ended = new ManualResetEventSlim();
foreach (string pair in args)
{
    int[] ports = [.. pair.Split(':').Select(port => int.Parse(port, CultureInfo.InvariantCulture))];
    var listener = new TcpListener(IPAddress.Loopback, ports[0]);
    listener.Start();
    new Thread(() => Serve(listener, ports[1])) { IsBackground = true }.Start();
}

ended.Wait();

void Serve(TcpListener listener, int target)
{
    while (true)
    {
        Socket client = listener.AcceptSocket();
        Socket kernel = Connect(target);
        client.NoDelay = kernel.NoDelay = true;
        new Thread(() => Carry(client, kernel)) { IsBackground = true }.Start();
        new Thread(() => Carry(kernel, client)) { IsBackground = true }.Start();
    }
}

// The kernel may still be starting.
static Socket Connect(int port)
{
    while (true)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            Thread.Sleep(2);
        }
    }
}

void Carry(Socket from, Socket to)
{
    byte[] buffer = new byte[64 * 1024];
    try
    {
        for (int read; (read = from.Receive(buffer)) > 0;)
        {
            for (int sent = 0; sent < read;)
            {
                sent += to.Send(buffer, sent, read - sent, SocketFlags.None);
            }
        }
    }
    catch (SocketException)
    {
        // An end like any other.
    }

    ended.Set();
}
