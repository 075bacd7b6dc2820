namespace Lyceum.Messaging;

/// <summary>Limits and times of a socket. The defaults suit a Jupyter kernel on the same machine.</summary>
public sealed record ZmtpOptions
{
    /// <summary>The options that sockets use unless told otherwise.</summary>
    public static ZmtpOptions Default { get; } = new();

    /// <summary>The most bytes that a message may have, all its frames together. A peer that sends more is cut off.</summary>
    public long MaxMessageBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>The most frames that a message may have.</summary>
    public int MaxFrames { get; init; } = 1024;

    /// <summary>How long a peer may take for greeting and READY.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes that wait for a slow peer before a send waits, too; for each peer.</summary>
    public int SendQueueBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes that are read ahead before anybody receives them; beyond, the peer has to wait or, a publisher, to drop.</summary>
    public int ReadAheadBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Whether a socket has a thread that reads ahead, as every subscriber has, and the receiver goes on there for as long
    /// as it keeps up, which saves waking another. For receivers that never block.
    /// </summary>
    public bool ReceiveOnReadAheadThread { get; init; }

    /// <summary>How the thread that reads ahead deals with pauses and floods; null for one that takes everything at once.</summary>
    public ReadPace? ReadPace { get; init; }

    /// <summary>
    /// Bytes that the operating system is asked to take for a connection while this process is held up, by its garbage
    /// collector for instance; it may allow fewer. 0 leaves it to the system.
    /// </summary>
    public int SystemBufferBytes { get; init; }

    /// <summary>Messages that a bound socket holds from all its peers before it stops reading from them.</summary>
    public int ReceiveQueueMessages { get; init; } = 1024;

    /// <summary>Connections that a bound socket holds at once; further ones are closed.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>How long a publisher waits for a subscriber whose queue is full before it drops the connection.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long disposal waits for what was sent to leave.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Size of the buffer that a connection reads into.</summary>
    public int ReceiveBufferBytes { get; init; } = 32 * 1024;

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>How a thread reads ahead. What it calls runs on that thread and must not block.</summary>
/// <param name="Lull">How long nothing has to come for a lull, in whole milliseconds.</param>
/// <param name="IsFlood">Whether so much comes that it is read once in a lull's time. To be woken for each message costs both sides more than the message.</param>
/// <param name="AwaitsLull">Whether anybody waits for a lull.</param>
/// <param name="OnLull">Told of a lull that was waited for.</param>
public sealed record ReadPace(TimeSpan Lull, Func<bool> IsFlood, Func<bool> AwaitsLull, Action OnLull);
