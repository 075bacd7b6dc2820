using System.Buffers;
using System.Buffers.Binary;

namespace Lyceum.Messaging;

/// <summary>What stands before the bytes of a frame: flags, then a length of one or eight bytes.</summary>
internal readonly record struct FrameHeader(bool More, bool IsCommand, long Length)
{
    public const int MaxSize = 9;

    private const byte MoreFlag = 1;
    private const byte LongFlag = 2;
    private const byte CommandFlag = 4;

    public static bool TryRead(ref SequenceReader<byte> reader, out FrameHeader header)
    {
        header = default;
        if (!reader.TryRead(out byte flags))
        {
            return false;
        }

        if ((flags & ~(MoreFlag | LongFlag | CommandFlag)) != 0 || (flags & (CommandFlag | MoreFlag)) == (CommandFlag | MoreFlag))
        {
            throw new ZmtpException(ZmtpError.Malformed, $"The peer sent a frame with the flags 0x{flags:x2}.");
        }

        long length;
        if ((flags & LongFlag) != 0)
        {
            if (!reader.TryReadBigEndian(out length))
            {
                return false;
            }

            if (length < 0)
            {
                throw new ZmtpException(ZmtpError.TooLarge, "The peer announced a frame of more than 2^63 bytes.");
            }
        }
        else if (reader.TryRead(out byte shortLength))
        {
            length = shortLength;
        }
        else
        {
            return false;
        }

        header = new FrameHeader((flags & MoreFlag) != 0, (flags & CommandFlag) != 0, length);
        return true;
    }

    /// <summary>Writes the header and returns how many bytes it took.</summary>
    public int Write(Span<byte> target)
    {
        byte flags = (byte)((More ? MoreFlag : 0) | (IsCommand ? CommandFlag : 0));
        if (Length <= byte.MaxValue)
        {
            target[0] = flags;
            target[1] = (byte)Length;
            return 2;
        }

        target[0] = (byte)(flags | LongFlag);
        BinaryPrimitives.WriteInt64BigEndian(target[1..], Length);
        return MaxSize;
    }
}
