using System.Text.Json.Serialization.Metadata;
using Lyceum.Messaging;

namespace Lyceum.NotebookAssistant;

/// <summary>Tells the clients of one kernel what the assistant has for them, each thing as the child of the request that caused it.</summary>
internal sealed class AssistantPublisher(IAssistantAudience audience, AssistantMessages messages)
{
    public const string Busy = "busy";
    private const string Idle = "idle";

    /// <summary>To all clients, on iopub.</summary>
    /// <param name="request">The request that caused it.</param>
    /// <param name="type">The message's type.</param>
    /// <param name="content">Its content.</param>
    /// <param name="shape">How that is written.</param>
    /// <param name="isOutput">Whether a client that is away can do without it.</param>
    public void Publish<T>(AssistantRequest request, string type, T content, JsonTypeInfo<T> shape, bool isOutput = false) =>
        audience.Publish(messages.Make(request, type, content, shape), isOutput);

    /// <summary>An output of the kernel's that belongs to a request.</summary>
    public void PassOn(JupyterMessage message) => audience.PassOn(message);

    public void Status(AssistantRequest request, string state) => audience.Publish(messages.Status(request, state), isOutput: false);

    /// <summary>Ends a request: the reply to the client that asked, and the idle status to all.</summary>
    public void Finish(AssistantRequest request, AssistantReply reply)
    {
        if (reply.Status == "error")
        {
            // For clients that do not look into replies.
            audience.Publish(messages.Trouble(request, reply.Evalue!), isOutput: false);
        }

        request.Reply(messages.Reply(request, reply));
        Status(request, Idle);
    }
}
