namespace Lyceum.Messaging;

/// <summary>Why a socket cannot go on.</summary>
public enum ZmtpError
{
    /// <summary>The peer closed the connection, or it broke.</summary>
    ConnectionClosed,

    /// <summary>Nobody answers at the endpoint.</summary>
    Unreachable,

    /// <summary>The peer did not complete the handshake in time.</summary>
    HandshakeTimeout,

    /// <summary>The peer does not speak ZMTP 3.</summary>
    UnsupportedVersion,

    /// <summary>The peer wants a security mechanism other than NULL.</summary>
    UnsupportedMechanism,

    /// <summary>The peer is a socket of a type that this one does not talk to.</summary>
    IncompatibleSocket,

    /// <summary>The peer sent bytes that are not ZMTP.</summary>
    Malformed,

    /// <summary>The peer sent more than the configured limit.</summary>
    TooLarge,

    /// <summary>The peer refused with an ERROR command.</summary>
    Refused,
}

/// <summary>A connection failed; <see cref="Error"/> says why.</summary>
public sealed class ZmtpException : IOException
{
    /// <summary>Makes the exception.</summary>
    public ZmtpException(ZmtpError error, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Error = error;
    }

    /// <summary>Makes an exception for a closed connection.</summary>
    public ZmtpException()
        : this(ZmtpError.ConnectionClosed, "The connection is closed.")
    {
    }

    /// <summary>Makes an exception for a closed connection.</summary>
    public ZmtpException(string message)
        : this(ZmtpError.ConnectionClosed, message)
    {
    }

    /// <summary>Makes an exception for a closed connection.</summary>
    public ZmtpException(string message, Exception innerException)
        : this(ZmtpError.ConnectionClosed, message, innerException)
    {
    }

    /// <summary>The kind of failure.</summary>
    public ZmtpError Error { get; }
}
