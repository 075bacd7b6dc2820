using System.Buffers.Binary;
using System.Text;

namespace Lyceum.Messaging;

/// <summary>Bodies of ZMTP commands: a length-prefixed name, then data.</summary>
internal static class Command
{
    public static byte[] Create(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        byte[] body = new byte[1 + name.Length + data.Length];
        body[0] = (byte)name.Length;
        name.CopyTo(body.AsSpan(1));
        data.CopyTo(body.AsSpan(1 + name.Length));
        return body;
    }

    /// <summary>The data of the command if it has that name.</summary>
    public static bool Is(ReadOnlyMemory<byte> body, ReadOnlySpan<byte> name, out ReadOnlyMemory<byte> data)
    {
        ReadOnlySpan<byte> span = body.Span;
        if (span.Length > name.Length && span[0] == name.Length && span[1..].StartsWith(name))
        {
            data = body[(1 + name.Length)..];
            return true;
        }

        data = default;
        return false;
    }

    public static byte[] Ready(SocketType type, ReadOnlySpan<byte> identity)
    {
        var data = new List<byte>(64);
        AddProperty(data, "Socket-Type"u8, type.NameBytes);
        if (type.HasIdentity)
        {
            AddProperty(data, "Identity"u8, identity);
        }

        return Create("READY"u8, data.ToArray());
    }

    public static (string SocketType, byte[] Identity) ParseReady(ReadOnlyMemory<byte> body)
    {
        if (Is(body, "ERROR"u8, out ReadOnlyMemory<byte> error))
        {
            throw new ZmtpException(ZmtpError.Refused, $"The peer refused: {ErrorReason(error.Span)}");
        }

        if (!Is(body, "READY"u8, out ReadOnlyMemory<byte> data))
        {
            throw new ZmtpException(ZmtpError.Malformed, "The peer sent another command where READY belongs.");
        }

        string? socketType = null;
        byte[] identity = [];
        ReadOnlySpan<byte> rest = data.Span;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> name = Take(ref rest, Take(ref rest, 1)[0]);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(Take(ref rest, sizeof(uint)));
            ReadOnlySpan<byte> value = Take(ref rest, length);
            if (Ascii.EqualsIgnoreCase(name, "Socket-Type"u8))
            {
                socketType = Encoding.ASCII.GetString(value);
            }
            else if (Ascii.EqualsIgnoreCase(name, "Identity"u8))
            {
                identity = value.Length <= 255
                    ? value.ToArray()
                    : throw new ZmtpException(ZmtpError.Malformed, "The peer's identity is longer than 255 bytes.");
            }
        }

        return (socketType ?? throw new ZmtpException(ZmtpError.Malformed, "READY lacks Socket-Type."), identity);
    }

    public static string ErrorReason(ReadOnlySpan<byte> data) =>
        data.IsEmpty ? "no reason given" : Encoding.ASCII.GetString(data[1..Math.Min(data.Length, 1 + data[0])]);

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, uint length)
    {
        if (length > rest.Length)
        {
            throw new ZmtpException(ZmtpError.Malformed, "READY is cut short.");
        }

        ReadOnlySpan<byte> taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }

    private static void AddProperty(List<byte> data, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        data.Add((byte)name.Length);
        data.AddRange(name);
        data.AddRange(length);
        data.AddRange(value);
    }
}
