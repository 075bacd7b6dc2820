using Lyceum.ServiceDefaults.Identity;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Channels;

/// <summary>
/// One client of a kernel, known by the session id of its WebSocket. It outlives a connection for a while, so that a
/// client that returns gets what it missed.
/// </summary>
internal sealed class KernelClient(string sessionId, Outbox outbox, TimeProvider time)
{
    private const int MaxSessions = 16;
    private const int GatheredBytes = 32 * 1024;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _sessions = new(StringComparer.Ordinal);
    private ClientConnection? _connection;

    public string SessionId => sessionId;

    public Outbox Outbox => outbox;

    public bool IsConnected => Volatile.Read(ref _connection) is not null;

    /// <summary>Since when the client is away.</summary>
    public DateTimeOffset AwaySince { get; private set; } = time.GetUtcNow();

    /// <summary>Who connected last.</summary>
    public CallerIdentity? Caller { get; private set; }

    /// <summary>Makes a connection this client's. One that it had before is told to end, and completes the task when it has.</summary>
    public Task Connect(CallerIdentity caller, ClientConnection mine)
    {
        ClientConnection? stale;
        lock (_gate)
        {
            stale = _connection;
            _connection = mine;
            Caller = caller;
        }

        stale?.Replace();
        return stale?.Ended ?? Task.CompletedTask;
    }

    /// <summary>The connection has ended; unless another took its place the client is away now.</summary>
    public void Disconnect(ClientConnection mine)
    {
        lock (_gate)
        {
            if (_connection == mine)
            {
                _connection = null;
                AwaySince = time.GetUtcNow();
            }
        }
    }

    /// <summary>Remembers under which session a client sends, so that replies find it. A page has one; few have more.</summary>
    public void Speak(string session)
    {
        lock (_gate)
        {
            if (_sessions.Count < MaxSessions)
            {
                _sessions.Add(session);
            }
        }
    }

    public bool Speaks(string session)
    {
        lock (_gate)
        {
            return _sessions.Contains(session);
        }
    }

    /// <summary>Puts a message in the outbox. It leaves with the next <see cref="Flush"/>, or when many have gathered.</summary>
    public void Send(KernelChannel channel, JupyterMessage message, bool isOutput)
    {
        if (outbox.Add(new Outbound(channel, message, isOutput)) >= GatheredBytes)
        {
            Flush();
        }
    }

    /// <summary>Sends what is in the outbox, if the client is connected. Never waits.</summary>
    public void Flush() => Volatile.Read(ref _connection)?.Wake();
}
