namespace Lyceum.Messaging;

/// <summary>Why frames are not a message.</summary>
public enum JupyterWireError
{
    /// <summary>They are one.</summary>
    None,

    /// <summary>There is no <c>&lt;IDS|MSG&gt;</c> frame.</summary>
    NoDelimiter,

    /// <summary>Fewer than signature, header, parent header, metadata and content follow the delimiter.</summary>
    TooFewFrames,

    /// <summary>The signature is not that of the parts.</summary>
    BadSignature,
}

/// <summary>
/// A message as Jupyter's kernels send it: the four JSON parts stay the bytes that came, so that passing it on
/// needs no parsing and keeps every detail ("Messaging in Jupyter", the wire protocol).
/// </summary>
public sealed record JupyterMessage
{
    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();
    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    /// <summary>What stands before the delimiter: routing ids on ROUTER sockets, the topic on iopub.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Identities { get; init; } = [];

    /// <summary>The header, a JSON object; see <see cref="JupyterHeader"/>.</summary>
    public required ReadOnlyMemory<byte> Header { get; init; }

    /// <summary>The header of the request that caused this message; an empty object if none did.</summary>
    public ReadOnlyMemory<byte> ParentHeader { get; init; } = EmptyObject;

    /// <summary>Metadata, a JSON object.</summary>
    public ReadOnlyMemory<byte> Metadata { get; init; } = EmptyObject;

    /// <summary>The content, a JSON object whose shape the header's type gives.</summary>
    public ReadOnlyMemory<byte> Content { get; init; } = EmptyObject;

    /// <summary>Binary data that belong to the content; not signed.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Buffers { get; init; } = [];

    /// <summary>Bytes of the four parts and the buffers.</summary>
    public long Size
    {
        get
        {
            long size = Header.Length + ParentHeader.Length + Metadata.Length + Content.Length;
            for (int i = 0; i < Buffers.Count; i++)
            {
                size += Buffers[i].Length;
            }

            return size;
        }
    }

    /// <summary>Takes the frames of a socket apart and verifies the signature.</summary>
    public static bool TryDecode(Message frames, JupyterSigner signer, out JupyterMessage message, out JupyterWireError error)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentNullException.ThrowIfNull(signer);
        message = null!;
        ReadOnlySpan<ReadOnlyMemory<byte>> all = frames.Frames;
        int at = 0;
        while (at < all.Length && !all[at].Span.SequenceEqual(Delimiter))
        {
            at++;
        }

        if (at == all.Length)
        {
            error = JupyterWireError.NoDelimiter;
            return false;
        }

        if (all.Length - at < 6)
        {
            error = JupyterWireError.TooFewFrames;
            return false;
        }

        if (!signer.Verify(all[at + 1].Span, all[at + 2].Span, all[at + 3].Span, all[at + 4].Span, all[at + 5].Span))
        {
            error = JupyterWireError.BadSignature;
            return false;
        }

        error = JupyterWireError.None;
        message = new JupyterMessage
        {
            Identities = at == 0 ? [] : all[..at].ToArray(),
            Header = all[at + 2],
            ParentHeader = all[at + 3],
            Metadata = all[at + 4],
            Content = all[at + 5],
            Buffers = all.Length == at + 6 ? [] : all[(at + 6)..].ToArray(),
        };
        return true;
    }

    /// <summary>Signs the parts and puts the frames of a socket together.</summary>
    public Message Encode(JupyterSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var frames = new ReadOnlyMemory<byte>[Identities.Count + 6 + Buffers.Count];
        int at = 0;
        foreach (ReadOnlyMemory<byte> identity in Identities)
        {
            frames[at++] = identity;
        }

        frames[at++] = Delimiter;
        frames[at++] = signer.Sign(Header.Span, ParentHeader.Span, Metadata.Span, Content.Span);
        frames[at++] = Header;
        frames[at++] = ParentHeader;
        frames[at++] = Metadata;
        frames[at++] = Content;
        foreach (ReadOnlyMemory<byte> buffer in Buffers)
        {
            frames[at++] = buffer;
        }

        return new Message(frames);
    }
}
