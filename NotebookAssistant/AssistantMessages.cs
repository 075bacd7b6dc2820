using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lyceum.Messaging;

namespace Lyceum.NotebookAssistant;

/// <summary>Makes the assistant's messages, each with the request that caused it as its parent.</summary>
internal sealed class AssistantMessages(TimeProvider time)
{
    private readonly string _session = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    public JupyterMessage Status(AssistantRequest request, string state) =>
        Make(request, "status", new StatusContent(state), AssistantJson.Default.StatusContent);

    public JupyterMessage Trouble(AssistantRequest request, string text) =>
        Make(request, "stream", new StreamContent("stderr", text + "\n"), AssistantJson.Default.StreamContent);

    public JupyterMessage Reply(AssistantRequest request, AssistantReply reply) =>
        Make(request, $"{(request.Type.EndsWith("_request", StringComparison.Ordinal) ? request.Type[..^"_request".Length] : request.Type)}_reply", reply, AssistantJson.Default.AssistantReply);

    public JupyterMessage Make<T>(AssistantRequest request, string type, T content, JsonTypeInfo<T> shape) => new()
    {
        Header = JupyterHeader.Create(type, _session, "lyceum", time).ToUtf8(),
        ParentHeader = request.Header,
        Content = JsonSerializer.SerializeToUtf8Bytes(content, shape),
    };
}
