using System.Security.Claims;
using Lyceum.KernelService.Errors;
using Lyceum.KernelService.Kernels;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Channels;

internal static class ChannelEndpoints
{
    private const int MaxSessionId = 256;

    public static void AddChannels(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ChannelsOptions>().BindConfiguration("Channels").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ChannelSockets>();
        builder.Services.AddHostedService<MemoryReturn>();

        // What a client sends goes to the kernel on the thread that received it. No handler here blocks its thread for long.
        builder.Services.Configure<SocketTransportOptions>(transport =>
        {
            transport.UnsafePreferInlineScheduling = true;
            transport.WaitForDataBeforeAllocatingBuffer = false;
        });
        builder.Services.AddOptions<WebSocketOptions>().Configure<IOptions<ChannelsOptions>>((sockets, channels) =>
        {
            sockets.KeepAliveInterval = channels.Value.PingInterval;
            sockets.KeepAliveTimeout = channels.Value.PingTimeout;
        });
    }

    public static void MapChannels(this WebApplication app)
    {
        app.Use(next => context => FrameUpgrade.Offer(context, next));
        app.UseWebSockets();
        app.MapGet("/api/kernels/{id}/channels", ConnectAsync);
    }

    private static async Task<IResult> ConnectAsync(
        string id, string? session_id, HttpContext context, ClaimsPrincipal user, KernelPool pool, ChannelSockets sockets)
    {
        var caller = user.Caller();
        if (pool.Find(id, caller) is not { } kernel)
        {
            return KernelEndpoints.Unknown(id);
        }

        if (!context.WebSockets.IsWebSocketRequest || context.Features.Get<IHttpUpgradeFeature>() is not FrameUpgrade upgrade)
        {
            return JupyterError.Result(StatusCodes.Status426UpgradeRequired, "This is the kernel's WebSocket: ask with an Upgrade to websocket.");
        }

        if (session_id?.Length > MaxSessionId)
        {
            return JupyterError.BadRequest($"The session_id is longer than {MaxSessionId} characters.");
        }

        await sockets.ServeAsync(context, upgrade, kernel, session_id, caller);
        return TypedResults.Empty;
    }
}
