using Microsoft.AspNetCore.Http.Features;

namespace Lyceum.KernelService.Channels;

/// <summary>Upgrades as the server does, and keeps the connection at hand on which the frames go.</summary>
internal sealed class FrameUpgrade(IHttpUpgradeFeature server) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => server.IsUpgradableRequest;

    /// <summary>The connection, once it is upgraded.</summary>
    public FrameStream? Connection { get; private set; }

    public async Task<Stream> UpgradeAsync() => Connection = new FrameStream(await server.UpgradeAsync());

    /// <summary>Has to come before the WebSocket middleware, which upgrades with what it finds.</summary>
    public static Task Offer(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } server)
        {
            context.Features.Set<IHttpUpgradeFeature>(new FrameUpgrade(server));
        }

        return next(context);
    }
}
