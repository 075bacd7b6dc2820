using Lyceum.KernelService.Errors;
using Lyceum.ServiceDefaults.Replicas;
using Yarp.ReverseProxy.Forwarder;

namespace Lyceum.KernelService.Replicas;

/// <summary>Passes a request on to the replica that has what it is about.</summary>
internal sealed class ReplicaForwarder(IHttpForwarder forwarder) : IDisposable
{
    /// <summary>Marks what has been passed on once, which is not passed on again.</summary>
    public const string Header = "X-Lyceum-Replica-Hop";

    // A kernel's WebSocket is pinged every 30 s; a restart waits for the kernel.
    private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = TimeSpan.FromMinutes(10) };

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        EnableMultipleHttp2Connections = true,
    });

    public static bool HasHopped(HttpRequest request) => request.Headers.ContainsKey(Header);

    public async Task ForwardAsync(HttpContext context, ReplicaOwner owner)
    {
        context.Request.Headers[Header] = "1";
        var failure = await forwarder.SendAsync(context, owner.Address!.ToString(), _http, Config);
        if (failure != ForwarderError.None && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Clear();
            await JupyterError.Result(StatusCodes.Status503ServiceUnavailable, "The replica that runs this kernel does not answer: try again in a moment.").ExecuteAsync(context);
        }
    }

    public void Dispose() => _http.Dispose();
}
