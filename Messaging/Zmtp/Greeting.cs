namespace Lyceum.Messaging;

/// <summary>The first 64 bytes in each direction: signature, version, mechanism (RFC 23/37 of the ZeroMQ project).</summary>
internal static class Greeting
{
    public const int Length = 64;

    /// <summary>How much of a greeting tells whether the peer speaks ZMTP 3 at all.</summary>
    public const int VersionLength = 11;

    private const int MechanismAt = 12;
    private const int MechanismLength = 20;

    public static byte[] Create()
    {
        byte[] greeting = new byte[Length];
        greeting[0] = 0xFF;
        greeting[9] = 0x7F;
        greeting[10] = 3;
        greeting[11] = 1;
        "NULL"u8.CopyTo(greeting.AsSpan(MechanismAt));
        return greeting;
    }

    public static void CheckVersion(ReadOnlySpan<byte> start)
    {
        // The eight bytes between are padding that older versions fill with a length.
        if (start[0] != 0xFF || (start[9] & 1) == 0)
        {
            throw new ZmtpException(ZmtpError.Malformed, "The peer does not speak ZMTP: its first bytes are not a greeting.");
        }

        if (start[10] < 3)
        {
            throw new ZmtpException(ZmtpError.UnsupportedVersion, $"The peer speaks ZMTP {start[10]}; this end needs 3.");
        }
    }

    /// <summary>Checks the whole greeting and returns whether the peer knows ZMTP 3.1.</summary>
    public static bool Parse(ReadOnlySpan<byte> greeting)
    {
        CheckVersion(greeting);
        ReadOnlySpan<byte> mechanism = greeting.Slice(MechanismAt, MechanismLength).TrimEnd((byte)0);
        if (!mechanism.SequenceEqual("NULL"u8))
        {
            throw new ZmtpException(ZmtpError.UnsupportedMechanism, "The peer wants a security mechanism other than NULL.");
        }

        return greeting[10] > 3 || greeting[11] >= 1;
    }
}
