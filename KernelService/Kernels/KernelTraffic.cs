using Lyceum.KernelService.Assistant;
using Lyceum.KernelService.Channels;
using Lyceum.KernelService.Executions;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Kernels;

/// <summary>What passes between a kernel and its clients, and who takes note of it on the way.</summary>
internal sealed class KernelTraffic(KernelActivity activity, KernelClients clients, ExecutionObserver observer, ChannelAssistant assistant)
{
    public KernelActivity Activity => activity;

    public KernelClients Clients => clients;

    public ChannelAssistant Assistant => assistant;

    /// <summary>Takes note of a client's message; false if it is not for the kernel.</summary>
    public bool IsForKernel(Kernel kernel, KernelClient client, KernelChannel channel, JupyterMessage message)
    {
        var header = HeaderFields.Read(message.Header.Span);
        client.Speak(header.SessionText);
        if (header.IsActivity)
        {
            activity.Touch();
        }

        if (channel == KernelChannel.Shell)
        {
            if (assistant.TryTake(kernel, client, header, message))
            {
                return false;
            }

            if (client.Caller is { } caller)
            {
                observer.Request(header, message, caller);
            }
        }
        else if (header.MsgType.SequenceEqual("interrupt_request"u8))
        {
            assistant.Interrupt();
        }

        return true;
    }

    /// <summary>Gives the clients what the kernel sent, and tells how soon it has to go; null when all has to.</summary>
    public Haste FromKernel(KernelChannel channel, JupyterMessage? message)
    {
        if (message is null)
        {
            clients.Flush();
            return Haste.None;
        }

        var header = HeaderFields.Read(message.Header.Span);
        if (channel == KernelChannel.Iopub)
        {
            // Outputs come in floods and need no parent; nothing else does.
            var isStream = header.MsgType.SequenceEqual("stream"u8);
            var parent = isStream ? default : HeaderFields.Read(message.ParentHeader.Span);
            activity.Observe(header, parent, message);
            observer.Published(header, parent, message);
            clients.Publish(header, message);
            return isStream ? Haste.Some : HasteOf(header, message);
        }
        else
        {
            var parent = HeaderFields.Read(message.ParentHeader.Span);

            // First, so that a question that follows the reply finds the assistant informed.
            observer.Replied(header, parent, message);
            clients.Answer(channel, parent, message);
            return Haste.Full;
        }
    }

    /// <summary>Says what has become of the kernel, to whoever asks and to those who are connected.</summary>
    public void Announce(string state)
    {
        activity.Set(state);
        clients.Announce(state);
    }

    /// <summary>A process has ended, and with it whatever it executed.</summary>
    public void Ended(bool byItself) => observer.Ended(byItself);

    /// <summary>The user wants an end of what is under way.</summary>
    public void Interrupt() => assistant.Interrupt();

    // A busy kernel soon says more, and who asked for a cell knows what is in it. Each time that a client is woken it takes a processor from the kernel.
    private static Haste HasteOf(HeaderFields header, JupyterMessage message) =>
        header.MsgType.SequenceEqual("execute_input"u8)
        || (header.MsgType.SequenceEqual("status"u8) && message.Content.Span.IndexOf("\"busy\""u8) >= 0)
            ? Haste.None
            : Haste.Full;
}
