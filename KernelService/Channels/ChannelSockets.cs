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

    public async Task ServeAsync(HttpContext context, Kernel kernel, string? sessionId, CallerIdentity caller)
    {
        var offered = context.WebSockets.WebSocketRequestedProtocols.Contains(V1Framing.Subprotocol);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = offered ? V1Framing.Subprotocol : null });
        using var replaced = new CancellationTokenSource();
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            // A client may read as slowly as it likes, up to what its outbox holds; pings tell whether it is there.
            rate.MinDataRate = null;
        }

        // A client without a session cannot be recognised when it returns.
        var client = kernel.Clients.Join(sessionId ?? Guid.CreateVersion7().ToString(), caller, replaced);
        if (client is null)
        {
            await CloseAsync(socket, Task.CompletedTask, Task.CompletedTask, WebSocketCloseStatus.PolicyViolation, "too many clients are connected to this kernel");
            return;
        }

        LogConnected(logger, kernel.Id, kernel.Clients.Connected);
        try
        {
            if (kernel.Activity.State == KernelActivity.Dead)
            {
                client.Send(Messaging.KernelChannel.Iopub, messages.Status(KernelActivity.Dead), isOutput: false);
            }

            var (status, reason) = await RunAsync(socket, kernel, client, replaced.Token, context.RequestAborted);
            LogClosing(logger, kernel.Id, status, reason);
        }
        finally
        {
            client.Disconnect(replaced);
            LogDisconnected(logger, kernel.Id, kernel.Clients.Connected);
        }
    }

    /// <summary>Runs both directions until one ends or the connection has to, and closes it.</summary>
    private async Task<(WebSocketCloseStatus Status, string Reason)> RunAsync(
        WebSocket socket, Kernel kernel, KernelClient client, CancellationToken replaced, CancellationToken aborted)
    {
        using var any = CancellationTokenSource.CreateLinkedTokenSource(replaced, kernel.ShutDown, pool.Closing, aborted);
        var sending = new ChannelSender(socket, Framing.For(socket.SubProtocol), client.Outbox).RunAsync(any.Token);
        var receiving = new ChannelReceiver(socket, Framing.For(socket.SubProtocol), options.Value.MaxMessageBytes)
            .RunAsync((channel, message) => kernel.SendAsync(client, channel, message, any.Token), any.Token);

        // The sender waits on the outbox with the token, so it ends, too, when the connection has to.
        await Task.WhenAny(sending, receiving);
        var (status, reason) =
            replaced.IsCancellationRequested ? (WebSocketCloseStatus.NormalClosure, "replaced by a newer connection of the same session")
            : pool.Closing.IsCancellationRequested ? (WebSocketCloseStatus.InternalServerError, "the service is stopping")
            : kernel.ShutDown.IsCancellationRequested ? (WebSocketCloseStatus.NormalClosure, "the kernel was shut down")
            : receiving.IsCompletedSuccessfully ? await receiving
            : (WebSocketCloseStatus.InternalServerError, "the connection is broken");
        await any.CancelAsync();
        await CloseAsync(socket, sending, receiving, status, reason);
        return (status, reason);
    }

    private async Task CloseAsync(WebSocket socket, Task sending, Task receiving, WebSocketCloseStatus status, string reason)
    {
        try
        {
            // Cancelling a WebSocket's operations would break it without a goodbye, so they get a while to end by themselves.
            await sending.WaitAsync(CloseTime, time);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(status, reason, CancellationToken.None).WaitAsync(CloseTime, time);
            }

            await receiving.WaitAsync(CloseTime, time);
        }
        catch (Exception exception) when (exception is TimeoutException or WebSocketException or IOException or ObjectDisposedException)
        {
            socket.Abort();
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A connection to kernel {Kernel} is closed with {Status}: {Reason}")]
    private static partial void LogClosing(ILogger logger, string kernel, WebSocketCloseStatus status, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A client connected to kernel {Kernel}, which has {Connected} now")]
    private static partial void LogConnected(ILogger logger, string kernel, int connected);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A client left kernel {Kernel}, which has {Connected} now")]
    private static partial void LogDisconnected(ILogger logger, string kernel, int connected);
}
