namespace Lyceum.KernelService.Channels;

/// <summary>One WebSocket connection of a client, from when it is accepted until nothing is sent on it any more.</summary>
internal sealed class ClientConnection : IDisposable
{
    private readonly CancellationTokenSource _replaced = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ChannelSender? _sender;

    /// <summary>Ends when a newer connection of the client takes this one's place.</summary>
    public CancellationToken Replaced => _replaced.Token;

    /// <summary>Completes when this takes nothing out of the client's outbox any more.</summary>
    public Task Ended => _ended.Task;

    /// <summary>From now on the sender sends what is in the outbox, until it ends.</summary>
    public async Task RunAsync(ChannelSender sender)
    {
        _sender = sender;
        sender.Wake();
        await sender.Ended;
        _ended.TrySetResult();
    }

    public void Wake() => _sender?.Wake();

    public void Replace()
    {
        try
        {
            _replaced.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    public void Dispose()
    {
        _ended.TrySetResult();
        _replaced.Dispose();
    }
}
