namespace Lyceum.Messaging;

/// <summary>
/// An immutable multi-part message. A message that was received owns its memory for as long as anybody holds it,
/// so frames may be kept, sliced and passed on to several consumers without copying.
/// </summary>
public sealed class Message
{
    private readonly ReadOnlyMemory<byte>[] _frames;

    /// <summary>Makes a message of the given frames, which are not copied and must not change afterwards.</summary>
    public Message(params ReadOnlySpan<ReadOnlyMemory<byte>> frames)
        : this(frames.ToArray())
    {
    }

    internal Message(ReadOnlyMemory<byte>[] frames)
    {
        if (frames.Length == 0)
        {
            throw new ArgumentException("A message has at least one frame.", nameof(frames));
        }

        _frames = frames;
        foreach (ReadOnlyMemory<byte> frame in frames)
        {
            Size += frame.Length;
        }
    }

    /// <summary>The number of frames, at least one.</summary>
    public int Count => _frames.Length;

    /// <summary>Bytes in all frames together, without their framing.</summary>
    public long Size { get; }

    /// <summary>The frames in order.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> Frames => _frames;

    /// <summary>One frame.</summary>
    public ReadOnlyMemory<byte> this[int index] => _frames[index];

    /// <summary>The same message with a frame in front, such as a routing id.</summary>
    public Message Prepend(ReadOnlyMemory<byte> frame)
    {
        var frames = new ReadOnlyMemory<byte>[_frames.Length + 1];
        frames[0] = frame;
        _frames.CopyTo(frames, 1);
        return new Message(frames);
    }

    /// <summary>The message from the given frame on; at least one frame must be left.</summary>
    public Message From(int index) => new(_frames[index..]);
}
