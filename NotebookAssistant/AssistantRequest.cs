using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lyceum.Messaging;

namespace Lyceum.NotebookAssistant;

/// <summary>A client's request to the assistant. It has copies of the message's parts, whose memory serves the next message soon.</summary>
/// <param name="kernel">The kernel on whose channel it came.</param>
/// <param name="tutor">The tutor, for who asks.</param>
/// <param name="asker">Who asks.</param>
/// <param name="reply">Sends to the client that asked, on shell.</param>
/// <param name="type">The message's type.</param>
/// <param name="message">The message.</param>
internal sealed class AssistantRequest(IAssistedKernel kernel, ITutor tutor, string asker, Action<JupyterMessage> reply, string type, JupyterMessage message)
{
    private readonly byte[] _content = message.Content.ToArray();

    public IAssistedKernel Kernel => kernel;

    public ITutor Tutor => tutor;

    public string Asker => asker;

    public string Type => type;

    /// <summary>The request's header, which all that it causes has as its parent.</summary>
    public ReadOnlyMemory<byte> Header { get; } = message.Header.ToArray();

    /// <summary>Whether a message of this type is one; asked for every message that a client sends, so it must cost next to nothing.</summary>
    public static bool IsOne(ReadOnlySpan<byte> type) => type.Length switch
    {
        11 => type.SequenceEqual("llm_request"u8),
        13 => type.SequenceEqual("reset_request"u8),
        15 => type.SequenceEqual("set_agent_model"u8),
        17 => type.SequenceEqual("lint_code_request"u8),
        16 => type.SequenceEqual("rollback_request"u8),
        19 => type.SequenceEqual("get_preview_request"u8),
        20 => type.SequenceEqual("context_info_request"u8) || type.SequenceEqual("set_workflow_request"u8),
        21 => type.SequenceEqual("context_setup_request"u8),
        22 => type.SequenceEqual("add_checkpoint_request"u8),
        25 => type.SequenceEqual("get_agent_history_request"u8),
        27 => type.SequenceEqual("get_subkernel_state_request"u8),
        _ => false,
    };

    public void Reply(JupyterMessage answer) => reply(answer);

    /// <exception cref="JsonException">The content is not what the type of the request demands.</exception>
    public T Read<T>(JsonTypeInfo<T> shape) => JsonSerializer.Deserialize(_content, shape) ?? throw new JsonException("The content is null.");
}
