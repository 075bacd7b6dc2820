using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Lyceum.KernelService.Kernels;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Channels;

/// <summary>
/// The older framing: a JSON object with the parts under their names; with buffers a table of big-endian 32-bit
/// offsets, that object, then the buffers (jupyter_server's documentation, "WebSocket protocols").
/// The object is put together around the parts as they came.
/// </summary>
internal sealed class JsonFraming : Framing
{
    private const int MaxBuffers = 1000;

    public override bool IsBinary(JupyterMessage message) => message.Buffers.Count > 0;

    public override void Encode(KernelChannel channel, JupyterMessage message, ArrayBufferWriter<byte> head, List<ReadOnlyMemory<byte>> parts)
    {
        var table = message.Buffers.Count > 0 ? sizeof(uint) * (message.Buffers.Count + 2) : 0;
        if (table > 0)
        {
            head.GetSpan(table)[..table].Clear();
            head.Advance(table);
        }

        var header = HeaderFields.Read(message.Header.Span);
        head.Write("{\"channel\":\""u8);
        head.Write(ChannelNames.Of(channel));
        head.Write("\",\"msg_id\":\""u8);
        head.Write(header.MsgId);
        head.Write("\",\"msg_type\":\""u8);
        head.Write(header.MsgType);
        head.Write("\",\"header\":"u8);
        head.Write(OrEmpty(message.Header));
        head.Write(",\"parent_header\":"u8);
        head.Write(OrEmpty(message.ParentHeader));
        head.Write(",\"metadata\":"u8);
        head.Write(OrEmpty(message.Metadata));
        head.Write(",\"buffers\":[],\"content\":"u8);
        parts.Add(message.Content.IsEmpty ? EmptyObject : message.Content);
        parts.Add(Closing);
        if (table > 0)
        {
            WriteTable(message, head, parts);
            parts.AddRange(message.Buffers);
        }
    }

    public override JupyterMessage Decode(ReadOnlyMemory<byte> bytes, bool isBinary, out KernelChannel channel)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> buffers = [];
        var json = bytes;
        if (isBinary)
        {
            (json, buffers) = Split(bytes);
        }

        try
        {
            return Parse(json, out channel) with { Buffers = buffers };
        }
        catch (JsonException exception)
        {
            throw new FramingException($"The message is not JSON: {exception.Message}", exception);
        }
    }

    private static readonly ReadOnlyMemory<byte> EmptyObject = "{}"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Closing = "}"u8.ToArray();

    private static ReadOnlySpan<byte> OrEmpty(ReadOnlyMemory<byte> part) => part.IsEmpty ? "{}"u8 : part.Span;

    private static void WriteTable(JupyterMessage message, ArrayBufferWriter<byte> head, List<ReadOnlyMemory<byte>> parts)
    {
        var table = System.Runtime.InteropServices.MemoryMarshal.AsMemory(head.WrittenMemory).Span;
        BinaryPrimitives.WriteInt32BigEndian(table, message.Buffers.Count + 1);
        BinaryPrimitives.WriteInt32BigEndian(table[sizeof(uint)..], sizeof(uint) * (message.Buffers.Count + 2));
        long offset = head.WrittenCount;
        foreach (var part in parts)
        {
            offset += part.Length;
        }

        for (var i = 0; i < message.Buffers.Count; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(table[(sizeof(uint) * (i + 2))..], (uint)offset);
            offset += message.Buffers[i].Length;
        }
    }

    private static (ReadOnlyMemory<byte> Json, IReadOnlyList<ReadOnlyMemory<byte>> Buffers) Split(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        var count = span.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(span) : 0;
        if (count is < 1 or > MaxBuffers + 1 || span.Length < sizeof(uint) * (count + 1))
        {
            throw new FramingException($"The message announces {count} parts; there must be 1 to {MaxBuffers + 1}, and their offsets must follow.");
        }

        var parts = new ReadOnlyMemory<byte>[count];
        for (var i = 0; i < parts.Length; i++)
        {
            var from = BinaryPrimitives.ReadUInt32BigEndian(span[(sizeof(uint) * (i + 1))..]);
            var to = i + 1 < parts.Length ? BinaryPrimitives.ReadUInt32BigEndian(span[(sizeof(uint) * (i + 2))..]) : (uint)span.Length;
            if (to < from || to > span.Length)
            {
                throw new FramingException($"Part {i} lies from {from} to {to} in a message of {span.Length} bytes.");
            }

            parts[i] = bytes[(int)from..(int)to];
        }

        return (parts[0], parts[1..]);
    }

    private static JupyterMessage Parse(ReadOnlyMemory<byte> json, out KernelChannel channel)
    {
        ReadOnlyMemory<byte> header = default, parent = EmptyObject, metadata = EmptyObject, content = EmptyObject;
        channel = KernelChannel.Shell;
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FramingException("The message is not a JSON object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("channel"u8) && reader.TokenType == JsonTokenType.String)
            {
                if (!ChannelNames.TryParse(reader.ValueSpan, out channel))
                {
                    throw new FramingException("The message is for a channel that does not exist.");
                }

                continue;
            }

            var start = (int)reader.TokenStartIndex;
            var isObject = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
            var value = json[start..(int)reader.BytesConsumed];
            if (!isObject)
            {
                continue;
            }

            if (name.SequenceEqual("header"u8))
            {
                header = value;
            }
            else if (name.SequenceEqual("parent_header"u8))
            {
                parent = value;
            }
            else if (name.SequenceEqual("metadata"u8))
            {
                metadata = value;
            }
            else if (name.SequenceEqual("content"u8))
            {
                content = value;
            }
        }

        return header.IsEmpty
            ? throw new FramingException("The message has no header.")
            : new JupyterMessage { Header = header, ParentHeader = parent, Metadata = metadata, Content = content };
    }
}
