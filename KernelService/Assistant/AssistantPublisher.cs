using System.Text.Json.Serialization.Metadata;
using Lyceum.KernelService.Channels;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Assistant;

/// <summary>Tells the clients of one kernel what the assistant has for them, each thing as the child of the request that caused it.</summary>
internal sealed class AssistantPublisher(KernelClients clients, AssistantMessages messages)
{
    /// <summary>To all clients, on iopub.</summary>
    /// <param name="request">The request that caused it.</param>
    /// <param name="type">The message's type.</param>
    /// <param name="content">Its content.</param>
    /// <param name="shape">How that is written.</param>
    /// <param name="isOutput">Whether a client that is away can do without it.</param>
    public void Publish<T>(AssistantRequest request, string type, T content, JsonTypeInfo<T> shape, bool isOutput = false) =>
        clients.Announce(messages.Make(request, type, content, shape), isOutput);

    public void Status(AssistantRequest request, string state) => clients.Announce(messages.Status(request, state), isOutput: false);

    /// <summary>Ends a request: the reply to the client that asked, and the idle status to all.</summary>
    public void Finish(AssistantRequest request, AssistantReply reply)
    {
        if (reply.Status == "error")
        {
            // For clients that do not look into replies.
            clients.Announce(messages.Trouble(request, reply.Evalue!), isOutput: false);
        }

        request.Client.Send(KernelChannel.Shell, messages.Reply(request, reply), isOutput: false);
        request.Client.Flush();
        Status(request, Kernels.KernelActivity.Idle);
    }
}
