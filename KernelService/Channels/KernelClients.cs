using System.Collections.Immutable;
using Lyceum.KernelService.Kernels;
using Lyceum.Messaging;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.KernelService.Channels;

/// <summary>The clients of one kernel, and which of them gets which message.</summary>
internal sealed class KernelClients(ChannelsOptions options, ServiceMessages messages, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly IopubRate? _rate = options is { IopubMessageRateLimit: > 0 } or { IopubDataRateLimit: > 0 } ? new IopubRate(options, time) : null;
    private ImmutableArray<KernelClient> _clients = [];

    public int Connected => _clients.Count(client => client.IsConnected);

    /// <summary>
    /// The client with that session id, as it was left or new, now connected, and a task that completes when its earlier
    /// connection, if there was one, has ended; null when the kernel has too many clients.
    /// </summary>
    public (KernelClient Client, Task EarlierEnded)? Join(string sessionId, CallerIdentity caller, ClientConnection connection)
    {
        lock (_gate)
        {
            DropAway(options.KeepFor);
            if (_clients.FirstOrDefault(client => client.SessionId == sessionId) is { } known)
            {
                return (known, known.Connect(caller, connection));
            }

            while (_clients.Length >= options.MaxClients)
            {
                if (_clients.Where(client => !client.IsConnected).MinBy(client => client.AwaySince) is not { } oldest)
                {
                    return null;
                }

                _clients = _clients.Remove(oldest);
            }

            var joined = new KernelClient(sessionId, new Outbox(options.BufferBytes, messages.Loss), time);
            joined.Connect(caller, connection);
            _clients = _clients.Add(joined);
            return (joined, Task.CompletedTask);
        }
    }

    /// <summary>Forgets the clients that stay away for too long.</summary>
    public void DropAway()
    {
        lock (_gate)
        {
            DropAway(options.KeepFor);
        }
    }

    /// <summary>Gives what the kernel published to all clients, within the limits. One caller at a time.</summary>
    public void Publish(HeaderFields header, JupyterMessage message)
    {
        if (_rate is not null && _rate.Judge(header, message) is var verdict and not IopubVerdict.Pass)
        {
            if (verdict != IopubVerdict.Drop)
            {
                SendAll(messages.RateExceeded(message, verdict, options), isOutput: true);
            }

            return;
        }

        SendAll(message, isOutput: !header.MsgType.SequenceEqual("status"u8));
    }

    /// <summary>Tells all clients a state of the kernel that no kernel is there to tell.</summary>
    public void Announce(string state)
    {
        SendAll(messages.Status(state), isOutput: false);
        Flush();
    }

    /// <summary>Sends what has been given to clients since the last time. Never waits.</summary>
    public void Flush()
    {
        foreach (var client in _clients)
        {
            client.Flush();
        }
    }

    /// <summary>Gives all clients a message that the service made in the kernel's stead.</summary>
    public void Announce(JupyterMessage message, bool isOutput)
    {
        SendAll(message, isOutput);
        Flush();
    }

    /// <summary>Gives a reply or a question to the client whose request it belongs to; to all when that cannot be told.</summary>
    public void Answer(KernelChannel channel, HeaderFields parent, JupyterMessage message)
    {
        var all = _clients;
        var session = all.Length > 1 ? parent.SessionText : "";
        var known = session.Length > 0 && all.Any(client => client.Speaks(session));
        foreach (var client in all)
        {
            if (!known || client.Speaks(session))
            {
                client.Send(channel, message, isOutput: false);
            }
        }
    }

    private void SendAll(JupyterMessage message, bool isOutput)
    {
        foreach (var client in _clients)
        {
            client.Send(KernelChannel.Iopub, message, isOutput);
        }
    }

    private void DropAway(TimeSpan limit)
    {
        var now = time.GetUtcNow();
        _clients = _clients.RemoveAll(client => !client.IsConnected && now - client.AwaySince > limit);
    }
}
