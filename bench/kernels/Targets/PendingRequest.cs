using System.Text;
using System.Text.Json;
using Lyceum.Messaging;

namespace Lyceum.KernelBench.Targets;

/// <summary>A request that waits for its answers; every target's client looks at messages in this one way, at the same cost.</summary>
internal sealed class PendingRequest(string id, bool needsIdle)
{
    private readonly byte[] _id = Encoding.ASCII.GetBytes(id);

    public bool IsReplied { get; private set; }

    public bool IsIdle { get; private set; } = !needsIdle;

    /// <summary>Lines in stream messages. Not messages: a kernel may cut one print into two of them, or join many.</summary>
    public int Lines { get; private set; }

    public long OutputBytes { get; private set; }

    public bool IsComplete => IsReplied && IsIdle;

    public void Take(KernelChannel channel, in JupyterMessage message)
    {
        if (message.ParentHeader.Span.IndexOf(_id) < 0)
        {
            return;
        }

        if (channel == KernelChannel.Shell)
        {
            IsReplied = true;
            return;
        }

        if (channel != KernelChannel.Iopub)
        {
            return;
        }

        if (HasType(message.Header.Span, "stream"u8))
        {
            Lines += message.Content.Span.Count("\\n"u8);
            OutputBytes += message.Content.Length;
        }
        else if (HasType(message.Header.Span, "display_data"u8))
        {
            OutputBytes += message.Content.Length;
        }
        else if (HasType(message.Header.Span, "status"u8) && message.Content.Span.IndexOf("idle"u8) >= 0)
        {
            IsIdle = true;
        }
    }

    private static bool HasType(ReadOnlySpan<byte> header, ReadOnlySpan<byte> type)
    {
        var reader = new Utf8JsonReader(header);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("msg_type"u8))
            {
                return reader.Read() && reader.ValueTextEquals(type);
            }
        }

        return false;
    }
}
