using System.Collections.Immutable;
using Lyceum.KernelService.Kernels;
using Lyceum.Messaging;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.KernelService.Channels;

/// <summary>The clients of one kernel, and which of them gets which message.</summary>
internal sealed class KernelClients(ChannelsOptions options, ServiceMessages messages, TimeProvider time)
{
    private readonly Lock _gate = new();
    private ImmutableArray<KernelClient> _clients = [];

    public int Connected => _clients.Count(client => client.IsConnected);

    /// <summary>The client with that session id, as it was left or new, now connected; null when the kernel has too many.</summary>
    public KernelClient? Join(string sessionId, CallerIdentity caller, CancellationTokenSource connection)
    {
        lock (_gate)
        {
            if (_clients.FirstOrDefault(client => client.SessionId == sessionId) is { } known)
            {
                known.Connect(caller, connection);
                return known;
            }

            DropAway(options.KeepFor);

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
            return joined;
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

    public void Publish(HeaderFields header, JupyterMessage message)
    {
        var isOutput = !header.MsgType.SequenceEqual("status"u8);
        foreach (var client in _clients)
        {
            client.Send(KernelChannel.Iopub, message, isOutput);
        }
    }

    /// <summary>Tells all clients a state of the kernel that no kernel is there to tell.</summary>
    public void Announce(string state)
    {
        var status = messages.Status(state);
        foreach (var client in _clients)
        {
            client.Send(KernelChannel.Iopub, status, isOutput: false);
        }
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

    private void DropAway(TimeSpan limit)
    {
        var now = time.GetUtcNow();
        _clients = _clients.RemoveAll(client => !client.IsConnected && now - client.AwaySince > limit);
    }
}
