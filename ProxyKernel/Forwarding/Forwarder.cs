using System.Text;
using Lyceum.Messaging;
using Lyceum.NotebookAssistant;

namespace Lyceum.ProxyKernel.Forwarding;

/// <summary>Passes everything between clients and kernel as the bytes that came, signed anew, except for what is the assistant's.</summary>
internal sealed class Forwarder(ClientSide clients, KernelSide kernel, Peers peers, CellWatch cells, KernelAssistant assistant, ITutor tutor)
{
    /// <summary>What clients send on a channel.</summary>
    public async Task ToKernelAsync(KernelChannel channel, CancellationToken cancellationToken)
    {
        while (true)
        {
            var frames = await clients.SocketOf(channel).ReceiveAsync(cancellationToken);
            if (!JupyterMessage.TryDecode(frames, clients.Signer, out var message, out _) || message.Identities is not [var client]
                || !JupyterHeader.TryParse(message.Header.Span, out var header))
            {
                // A kernel, too, leaves aside what is not signed as it must be.
                continue;
            }

            try
            {
                await ToKernelAsync(channel, client, header, message, cancellationToken);
            }
            catch (ZmtpException) when (kernel.IsThere)
            {
                // One connection broke, not the kernel. The message is lost, as on any connection that breaks; who comes next gets another.
            }
        }
    }

    /// <summary>What the kernel publishes.</summary>
    public Task FromKernelAsync(CancellationToken cancellationToken) => kernel.PublicationsAsync(
        (header, parent, message) =>
        {
            cells.Published(header, parent, message);
            return clients.PublishAsync(message, cancellationToken);
        },
        cancellationToken);

    private async Task ToKernelAsync(KernelChannel channel, ReadOnlyMemory<byte> client, JupyterHeader header, JupyterMessage message, CancellationToken cancellationToken)
    {
        switch (channel)
        {
            case KernelChannel.Shell when AssistantRequest.IsOne(Encoding.UTF8.GetBytes(header.MsgType)):
                assistant.Take(new AssistantRequest(kernel, tutor, "", reply => Reply(channel, client, reply), header.MsgType, message), cancellationToken);
                return;
            case KernelChannel.Shell:
                cells.Requested(header, message);
                break;
            case KernelChannel.Control when header.MsgType == "interrupt_request":
                assistant.Interrupt();
                if (!kernel.InterruptsByMessage)
                {
                    await kernel.InterruptCodeAsync(cancellationToken);
                    Reply(channel, client, InterruptReply(message));
                    return;
                }

                break;
        }

        await peers.SendAsync(channel, client, header, message, cancellationToken);
    }

    private static JupyterMessage InterruptReply(JupyterMessage request) => new()
    {
        Header = JupyterHeader.Create("interrupt_reply", Guid.NewGuid().ToString("N"), "lyceum", TimeProvider.System).ToUtf8(),
        ParentHeader = request.Header,
        Content = """{"status":"ok"}"""u8.ToArray(),
    };

    // A client that does not take its answer must not hold up the others'.
    private void Reply(KernelChannel channel, ReadOnlyMemory<byte> client, JupyterMessage reply) =>
        _ = clients.SendAsync(channel, client, reply, CancellationToken.None).AsTask();
}
