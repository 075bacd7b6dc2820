using System.Buffers;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Channels;

/// <summary>A message that a client sent does not follow its framing; the text says where.</summary>
internal sealed class FramingException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>How messages lie in WebSocket messages; one of Jupyter's two ways.</summary>
internal abstract class Framing
{
    /// <summary>The framing for a connection: the newer one if the client offered its subprotocol.</summary>
    public static Framing For(string? subprotocol) => subprotocol == V1Framing.Subprotocol ? new V1Framing() : new JsonFraming();

    /// <summary>Whether the message goes as binary rather than as text.</summary>
    public abstract bool IsBinary(JupyterMessage message);

    /// <summary>
    /// Writes what precedes the large parts and returns those parts, which follow in order as they are.
    /// </summary>
    public abstract void Encode(KernelChannel channel, JupyterMessage message, ArrayBufferWriter<byte> head, List<ReadOnlyMemory<byte>> parts);

    /// <summary>Takes a client's message apart; the parts refer to the given memory.</summary>
    /// <exception cref="FramingException">It does not follow the framing.</exception>
    public abstract JupyterMessage Decode(ReadOnlyMemory<byte> bytes, bool isBinary, out KernelChannel channel);
}
