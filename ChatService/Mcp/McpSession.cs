using ModelContextProtocol;
using ModelContextProtocol.Client;

namespace Lyceum.ChatService.Mcp;

/// <summary>A connection to a server with those who use it: it is closed once it has been replaced and the last of them is done.</summary>
internal sealed class McpSession(McpClient client)
{
    private readonly Lock _lock = new();
    private int _users;
    private bool _isReplaced;

    public McpClient Client => client;

    /// <summary>Begins a use, which <see cref="Exit"/> ends; false when the connection has been replaced.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            _users += _isReplaced ? 0 : 1;
            return !_isReplaced;
        }
    }

    public void Exit()
    {
        lock (_lock)
        {
            if (--_users > 0 || !_isReplaced)
            {
                return;
            }
        }

        _ = CloseAsync();
    }

    /// <summary>Lets nobody use it any more, and waits for nobody.</summary>
    public void Replace()
    {
        lock (_lock)
        {
            if (_isReplaced)
            {
                return;
            }

            _isReplaced = true;
            if (_users > 0)
            {
                return;
            }
        }

        _ = CloseAsync();
    }

    private async Task CloseAsync()
    {
        try
        {
            await client.DisposeAsync();
        }
        catch (Exception failure) when (failure is McpException or HttpRequestException or IOException or OperationCanceledException or InvalidOperationException)
        {
            // It was to be forgotten.
        }
    }
}
