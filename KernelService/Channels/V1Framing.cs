using System.Buffers;
using System.Buffers.Binary;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Channels;

/// <summary>
/// <c>v1.kernel.websocket.jupyter.org</c>: a table of little-endian 64-bit offsets, the channel's name, then the parts as they
/// are on the kernel's sockets (jupyter_server's documentation, "WebSocket protocols").
/// </summary>
internal sealed class V1Framing : Framing
{
    public const string Subprotocol = "v1.kernel.websocket.jupyter.org";

    private const int FixedParts = 5;
    private const int MaxBuffers = 1000;

    public override bool IsBinary(JupyterMessage message) => true;

    public override void Encode(KernelChannel channel, JupyterMessage message, ArrayBufferWriter<byte> head, List<ReadOnlyMemory<byte>> parts)
    {
        parts.Add(message.Header);
        parts.Add(message.ParentHeader);
        parts.Add(message.Metadata);
        parts.Add(message.Content);
        parts.AddRange(message.Buffers);

        var name = ChannelNames.Of(channel);
        var count = parts.Count + 2;
        var table = sizeof(long) * (count + 1);
        var span = head.GetSpan(table + name.Length);
        BinaryPrimitives.WriteInt64LittleEndian(span, count);
        long offset = table;
        BinaryPrimitives.WriteInt64LittleEndian(span[sizeof(long)..], offset);
        offset += name.Length;
        BinaryPrimitives.WriteInt64LittleEndian(span[(2 * sizeof(long))..], offset);
        for (var i = 0; i < parts.Count; i++)
        {
            offset += parts[i].Length;
            BinaryPrimitives.WriteInt64LittleEndian(span[((i + 3) * sizeof(long))..], offset);
        }

        name.CopyTo(span[table..]);
        head.Advance(table + name.Length);
    }

    public override JupyterMessage Decode(ReadOnlyMemory<byte> bytes, bool isBinary, out KernelChannel channel)
    {
        if (!isBinary)
        {
            throw new FramingException($"The subprotocol {Subprotocol} has no text messages.");
        }

        var span = bytes.Span;
        var count = span.Length >= sizeof(long) ? BinaryPrimitives.ReadInt64LittleEndian(span) : 0;
        if (count is < FixedParts + 1 or > FixedParts + 1 + MaxBuffers || span.Length < sizeof(long) * (count + 1))
        {
            throw new FramingException($"The message announces {count} offsets; there must be {FixedParts + 1} to {FixedParts + 1 + MaxBuffers}, and as many must follow.");
        }

        var parts = new ReadOnlyMemory<byte>[count - 1];
        for (var i = 0; i < parts.Length; i++)
        {
            var from = BinaryPrimitives.ReadInt64LittleEndian(span[((i + 1) * sizeof(long))..]);
            var to = BinaryPrimitives.ReadInt64LittleEndian(span[((i + 2) * sizeof(long))..]);
            if (from < 0 || to < from || to > span.Length)
            {
                throw new FramingException($"Part {i} lies from {from} to {to} in a message of {span.Length} bytes.");
            }

            parts[i] = bytes[(int)from..(int)to];
        }

        if (!ChannelNames.TryParse(parts[0].Span, out channel))
        {
            throw new FramingException("The message is for a channel that does not exist.");
        }

        return new JupyterMessage
        {
            Header = parts[1],
            ParentHeader = parts[2],
            Metadata = parts[3],
            Content = parts[4],
            Buffers = parts.Length == FixedParts ? [] : parts[FixedParts..],
        };
    }
}
