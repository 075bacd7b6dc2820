using System.Net.WebSockets;
using Lyceum.KernelService.Kernels;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Channels;

/// <summary>Serves WebSocket connections: from the client to the kernel, from the client's outbox to the client, until one of them ends.</summary>
internal sealed partial class ChannelSockets(
    IOptions<ChannelsOptions> options, KernelPool pool, ServiceMessages messages, TimeProvider time, ILogger<ChannelSockets> logger)
{
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);

    // A page that has connected again waits for its former connection, which most likely leads nowhere.
    private static readonly TimeSpan ReplaceTime = TimeSpan.FromSeconds(1);

    public async Task ServeAsync(HttpContext context, FrameUpgrade upgrade, Kernel kernel, string? sessionId, CallerIdentity caller)
    {
        var offered = context.WebSockets.WebSocketRequestedProtocols.Contains(V1Framing.Subprotocol);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = offered ? V1Framing.Subprotocol : null });
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            // A client may read as slowly as it likes, up to what its outbox holds; pings tell whether it is there.
            rate.MinDataRate = null;
        }

        using var connection = new ClientConnection();

        // A client without a session cannot be recognised when it returns.
        if (kernel.Clients.Join(sessionId ?? Guid.CreateVersion7().ToString(), caller, connection) is not var (client, earlierEnded))
        {
            await TryCloseAsync(socket, Task.CompletedTask, Task.CompletedTask, WebSocketCloseStatus.PolicyViolation, "too many clients are connected to this kernel", CloseTime);
            return;
        }

        LogConnected(logger, kernel.Id, kernel.Clients.Connected);
        try
        {
            if (kernel.Activity.State == KernelActivity.Dead)
            {
                client.Send(Messaging.KernelChannel.Iopub, messages.Status(KernelActivity.Dead), isOutput: false);
            }

            // Two that send from one outbox would mix up the order.
            await earlierEnded;
            var sender = new ChannelSender(upgrade.Connection!, Framing.For(socket.SubProtocol), client.Outbox);
            var (status, reason) = await RunAsync(context, socket, sender, kernel, client, connection);
            LogClosing(logger, kernel.Id, status, reason);
        }
        finally
        {
            client.Disconnect(connection);
            LogDisconnected(logger, kernel.Id, kernel.Clients.Connected);
        }
    }

    /// <summary>Runs both directions until one ends or the connection has to, and closes it.</summary>
    private async Task<(WebSocketCloseStatus Status, string Reason)> RunAsync(
        HttpContext context, WebSocket socket, ChannelSender sender, Kernel kernel, KernelClient client, ClientConnection connection)
    {
        var replaced = connection.Replaced;
        using var any = CancellationTokenSource.CreateLinkedTokenSource(replaced, kernel.ShutDown, pool.Closing, context.RequestAborted);

        // Before it begins to send: a connection that is replaced already must take nothing.
        var ending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stop = any.Token.Register(() =>
        {
            sender.Stop();
            ending.TrySetResult();
        });
        var sending = connection.RunAsync(sender);
        var receiving = new ChannelReceiver(socket, Framing.For(socket.SubProtocol), options.Value.MaxMessageBytes)
            .RunAsync((channel, message) => kernel.SendAsync(client, channel, message, any.Token), any.Token);

        // A client that takes nothing and says nothing holds up both directions, and must not hold up the end.
        await Task.WhenAny(ending.Task, sender.Ended, receiving);
        var (status, reason) =
            replaced.IsCancellationRequested ? (WebSocketCloseStatus.NormalClosure, "replaced by a newer connection of the same session")
            : pool.Closing.IsCancellationRequested ? (WebSocketCloseStatus.InternalServerError, "the service is stopping")
            : kernel.ShutDown.IsCancellationRequested ? (WebSocketCloseStatus.NormalClosure, "the kernel was shut down")
            : receiving.IsCompletedSuccessfully ? await receiving
            : (WebSocketCloseStatus.InternalServerError, "the connection is broken");
        await any.CancelAsync();
        if (!await TryCloseAsync(socket, sender.Ended, receiving, status, reason, replaced.IsCancellationRequested ? ReplaceTime : CloseTime)
            && !sender.Ended.IsCompleted)
        {
            // It waits for a client that takes nothing, and ends only with the connection.
            context.Abort();
        }

        await sending;
        return (status, reason);
    }

    private async Task<bool> TryCloseAsync(WebSocket socket, Task sending, Task receiving, WebSocketCloseStatus status, string reason, TimeSpan patience)
    {
        try
        {
            // Cancelling a WebSocket's operations would break it without a goodbye, so they get a while to end by themselves.
            await sending.WaitAsync(patience, time);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(status, reason, CancellationToken.None).WaitAsync(patience, time);
            }

            await receiving.WaitAsync(patience, time);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or WebSocketException or IOException or ObjectDisposedException)
        {
            socket.Abort();
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A connection to kernel {Kernel} is closed with {Status}: {Reason}")]
    private static partial void LogClosing(ILogger logger, string kernel, WebSocketCloseStatus status, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A client connected to kernel {Kernel}, which has {Connected} now")]
    private static partial void LogConnected(ILogger logger, string kernel, int connected);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A client left kernel {Kernel}, which has {Connected} now")]
    private static partial void LogDisconnected(ILogger logger, string kernel, int connected);
}
