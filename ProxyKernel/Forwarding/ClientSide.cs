using System.Threading.Channels;
using Lyceum.Messaging;

namespace Lyceum.ProxyKernel.Forwarding;

/// <summary>What Jupyter sees: the five sockets of a kernel, listening where its connection file says, and its signatures.</summary>
internal sealed class ClientSide : IAsyncDisposable
{
    private const int MaxWaiting = 1024;

    private readonly ReplySocket _heartbeat;
    private readonly PublisherSocket _iopub;
    private readonly Channel<JupyterMessage> _publications = Channel.CreateBounded<JupyterMessage>(MaxWaiting);
    private readonly Task _publishing;

    /// <exception cref="ZmtpException">A port is taken.</exception>
    public ClientSide(ConnectionFile file)
    {
        Signer = new JupyterSigner(file.Key);
        Shell = RouterSocket.Bind(file.EndpointOf(KernelChannel.Shell));
        Control = RouterSocket.Bind(file.EndpointOf(KernelChannel.Control));
        Stdin = RouterSocket.Bind(file.EndpointOf(KernelChannel.Stdin));
        _iopub = PublisherSocket.Bind(file.EndpointOf(KernelChannel.Iopub));
        _heartbeat = ReplySocket.Bind(file.EndpointOf(KernelChannel.Heartbeat));
        _publishing = PublishAllAsync();
    }

    public JupyterSigner Signer { get; }

    public RouterSocket Shell { get; }

    public RouterSocket Control { get; }

    public RouterSocket Stdin { get; }

    public RouterSocket SocketOf(KernelChannel channel) => channel switch
    {
        KernelChannel.Shell => Shell,
        KernelChannel.Control => Control,
        _ => Stdin,
    };

    /// <summary>Sends to the client with that identity; a client that has gone is none of our business.</summary>
    public async ValueTask SendAsync(KernelChannel channel, ReadOnlyMemory<byte> identity, JupyterMessage message, CancellationToken cancellationToken) =>
        await SocketOf(channel).SendAsync((message with { Identities = [identity] }).Encode(Signer), cancellationToken);

    /// <summary>Publishes on iopub, in the order of the calls.</summary>
    public ValueTask PublishAsync(JupyterMessage message, CancellationToken cancellationToken) => _publications.Writer.WriteAsync(message, cancellationToken);

    public async Task EchoAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _heartbeat.SendAsync(await _heartbeat.ReceiveAsync(cancellationToken), cancellationToken);
        }
    }

    /// <summary>Lets what was sent leave, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _publications.Writer.TryComplete();
        await _publishing;
        await Task.WhenAll(
            Shell.DisposeAsync().AsTask(), Control.DisposeAsync().AsTask(), Stdin.DisposeAsync().AsTask(), _iopub.DisposeAsync().AsTask(), _heartbeat.DisposeAsync().AsTask());
        Signer.Dispose();
    }

    private async Task PublishAllAsync()
    {
        await foreach (var message in _publications.Reader.ReadAllAsync())
        {
            await _iopub.SendAsync(message.Encode(Signer));
        }
    }
}
