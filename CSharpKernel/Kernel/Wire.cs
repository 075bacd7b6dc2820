using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lyceum.Messaging;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>Turns contents into signed messages of this kernel and messages into requests.</summary>
internal sealed class Wire(JupyterSigner signer, TimeProvider time)
{
    private readonly string _session = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    /// <summary>The request in the frames; null if they are no message that the key's owner sent.</summary>
    public Request? Read(Message frames) =>
        JupyterMessage.TryDecode(frames, signer, out var message, out _) && JupyterHeader.TryParse(message.Header.Span, out var header)
            ? new Request(message, header.MsgType)
            : null;

    public Message Reply<T>(Request request, string type, T content, JsonTypeInfo<T> shape, ReadOnlyMemory<byte>? metadata = null) =>
        Encode(request.Identities, request, type, JsonSerializer.SerializeToUtf8Bytes(content, shape), metadata);

    public Message Publish(Request? parent, string type, ReadOnlyMemory<byte> content) =>
        Encode([Encoding.UTF8.GetBytes($"kernel.{_session}.{type}")], parent, type, content, null);

    public string Now() => time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private Message Encode(
        IReadOnlyList<ReadOnlyMemory<byte>> identities, Request? parent, string type, ReadOnlyMemory<byte> content, ReadOnlyMemory<byte>? metadata) =>
        new JupyterMessage
        {
            Identities = identities,
            Header = JupyterHeader.Create(type, _session, "kernel", time).ToUtf8(),
            ParentHeader = parent?.Header ?? "{}"u8.ToArray(),
            Metadata = metadata ?? "{}"u8.ToArray(),
            Content = content,
        }.Encode(signer);
}
