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

    /// <summary>Gives the clients what the kernel sent, and tells whether it may wait for more of its kind; null when all has to go.</summary>
    public bool FromKernel(KernelChannel channel, JupyterMessage? message)
    {
        if (message is null)
        {
            clients.Flush();
            return false;
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
            return isStream;
        }
        else
        {
            var parent = HeaderFields.Read(message.ParentHeader.Span);

            // First, so that a question that follows the reply finds the assistant informed.
            observer.Replied(header, parent, message);
            clients.Answer(channel, parent, message);
            return false;
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
}
