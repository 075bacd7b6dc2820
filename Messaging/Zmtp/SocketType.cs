using System.Text;

namespace Lyceum.Messaging;

internal sealed record SocketType
{
    public static readonly SocketType Dealer = new("DEALER", "ROUTER", "DEALER", "REP") { HasIdentity = true };
    public static readonly SocketType Router = new("ROUTER", "DEALER", "ROUTER", "REQ") { HasIdentity = true };
    public static readonly SocketType Request = new("REQ", "REP", "ROUTER") { HasIdentity = true };
    public static readonly SocketType Reply = new("REP", "REQ", "DEALER");
    public static readonly SocketType Publisher = new("PUB", "SUB", "XSUB");
    public static readonly SocketType Subscriber = new("SUB", "PUB", "XPUB");

    private readonly string[] _peers;

    private SocketType(string name, params string[] peers)
    {
        Name = name;
        _peers = peers;
        NameBytes = Encoding.ASCII.GetBytes(name);
    }

    public string Name { get; }

    public byte[] NameBytes { get; }

    public bool HasIdentity { get; private init; }

    public bool Accepts(string peer) => _peers.Contains(peer, StringComparer.Ordinal);
}
