using Lyceum.Messaging;

namespace Lyceum.KernelBench.Targets;

/// <summary>The floor: on the kernel's own sockets, signing and verifying as any client must.</summary>
internal sealed class DirectLink : Link
{
    private readonly DealerSocket _shell;
    private readonly SubscriberSocket _iopub;
    private readonly JupyterSigner _signer;

    private DirectLink(DealerSocket shell, SubscriberSocket iopub, JupyterSigner signer) => (_shell, _iopub, _signer) = (shell, iopub, signer);

    public static async Task<DirectLink> ConnectAsync(ConnectionFile file, CancellationToken cancellationToken)
    {
        SubscriberSocket iopub = await SubscriberSocket.ConnectAsync(file.EndpointOf(KernelChannel.Iopub), null, cancellationToken);
        await iopub.SubscribeAsync(default, cancellationToken);
        DealerSocket shell = await DealerSocket.ConnectAsync(file.EndpointOf(KernelChannel.Shell), default, null, cancellationToken);
        return new DirectLink(shell, iopub, new JupyterSigner(file.Key));
    }

    public override async ValueTask DisposeAsync()
    {
        await _shell.DisposeAsync();
        await _iopub.DisposeAsync();
        _signer.Dispose();
    }

    protected override async Task ExchangeAsync(JupyterMessage message, PendingRequest request, CancellationToken cancellationToken)
    {
        await _shell.SendAsync(message.Encode(_signer), cancellationToken);
        // Both at once: a reply comes while outputs still do.
        Task replied = ReadAsync(KernelChannel.Shell, _shell.ReceiveAsync, () => request.IsReplied);
        await ReadAsync(KernelChannel.Iopub, _iopub.ReceiveAsync, () => request.IsIdle);
        await replied;

        async Task ReadAsync(KernelChannel channel, Func<CancellationToken, ValueTask<Message>> receive, Func<bool> isDone)
        {
            while (!isDone())
            {
                Message frames = await receive(cancellationToken);
                if (JupyterMessage.TryDecode(frames, _signer, out JupyterMessage received, out _))
                {
                    request.Take(channel, received);
                }
            }
        }
    }
}
