using Lyceum.Messaging;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>The five sockets of a kernel, listening where its connection file says.</summary>
internal sealed class Channels : IAsyncDisposable
{
    private Channels(ConnectionFile file)
    {
        Shell = RouterSocket.Bind(file.EndpointOf(KernelChannel.Shell));
        Control = RouterSocket.Bind(file.EndpointOf(KernelChannel.Control));
        Stdin = RouterSocket.Bind(file.EndpointOf(KernelChannel.Stdin));
        Iopub = PublisherSocket.Bind(file.EndpointOf(KernelChannel.Iopub));
        Heartbeat = ReplySocket.Bind(file.EndpointOf(KernelChannel.Heartbeat));
    }

    public RouterSocket Shell { get; }

    public RouterSocket Control { get; }

    public RouterSocket Stdin { get; }

    public PublisherSocket Iopub { get; }

    public ReplySocket Heartbeat { get; }

    /// <exception cref="ZmtpException">A port is taken.</exception>
    public static Channels Bind(ConnectionFile file) => new(file);

    /// <summary>Lets what was sent leave, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(
            Shell.DisposeAsync().AsTask(),
            Control.DisposeAsync().AsTask(),
            Stdin.DisposeAsync().AsTask(),
            Iopub.DisposeAsync().AsTask(),
            Heartbeat.DisposeAsync().AsTask());
    }
}
