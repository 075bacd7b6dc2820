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

    private readonly Lock _gate = new();
    private readonly HashSet<string> _sessions = new(StringComparer.Ordinal);
    private CancellationTokenSource? _connection;

    public string SessionId => sessionId;

    public Outbox Outbox => outbox;

    public bool IsConnected => Volatile.Read(ref _connection) is not null;

    /// <summary>Since when the client is away.</summary>
    public DateTimeOffset AwaySince { get; private set; } = time.GetUtcNow();

    /// <summary>Who connected last.</summary>
    public CallerIdentity? Caller { get; private set; }

    /// <summary>Makes a connection this client's; one that it had before is told to end.</summary>
    public void Connect(CallerIdentity caller, CancellationTokenSource mine)
    {
        CancellationTokenSource? stale;
        lock (_gate)
        {
            stale = _connection;
            _connection = mine;
            Caller = caller;
        }

        stale?.Cancel();
    }

    /// <summary>The connection has ended; unless another took its place the client is away now.</summary>
    public void Disconnect(CancellationTokenSource mine)
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

    public void Send(KernelChannel channel, JupyterMessage message, bool isOutput) => outbox.Add(new Outbound(channel, message, isOutput));
}
