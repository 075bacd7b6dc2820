using System.Text;
using Lyceum.KernelService.Channels;
using Lyceum.KernelService.Kernels;
using Lyceum.Messaging;
using Lyceum.NotebookAssistant;

namespace Lyceum.KernelService.Assistant;

/// <summary>Takes the assistant's messages off the channels of one kernel.</summary>
internal sealed class ChannelAssistant(AssistantOptions options, Tutors tutors, KernelAssistant assistant)
{
    public AgentTools Tools => assistant.Tools;

    /// <summary>The question that is being answered; null when there is none.</summary>
    public AssistantRequest? Question => assistant.Question;

    /// <summary>Takes a message on shell if it is the assistant's, and answers it by and by; false if it is the kernel's.</summary>
    public bool TryTake(Kernel kernel, KernelClient client, HeaderFields header, JupyterMessage message)
    {
        if (!AssistantRequest.IsOne(header.MsgType) || !options.Enabled || client.Caller is not { } caller)
        {
            return false;
        }

        var request = new AssistantRequest(
            kernel, tutors.For(caller), caller.Subject, reply => Reply(client, reply), Encoding.UTF8.GetString(header.MsgType), message);
        assistant.Take(request, kernel.ShutDown);
        return true;
    }

    /// <summary>Stops the answer that is being given, as an interrupt stops a cell.</summary>
    public void Interrupt() => assistant.Interrupt();

    private static void Reply(KernelClient client, JupyterMessage reply)
    {
        client.Send(KernelChannel.Shell, reply, isOutput: false);
        client.Flush();
    }
}

/// <summary>The clients of one kernel as the assistant's audience.</summary>
internal sealed class ChannelAudience(KernelClients clients) : IAssistantAudience
{
    public void Publish(JupyterMessage message, bool isOutput) => clients.Announce(message, isOutput);

    public void PassOn(JupyterMessage message)
    {
        // On the thread that receives from iopub, which flushes when nothing more has come.
        clients.Publish(HeaderFields.Read(message.Header.Span), message);
    }
}
