using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lyceum.Messaging;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>Frames every request of one channel with busy and idle, and answers those that cannot be read.</summary>
internal sealed class RequestLoop(RouterSocket socket, Wire wire, Publications publications)
{
    private static readonly StatusContent Busy = new("busy");
    private static readonly StatusContent Idle = new("idle");

    /// <summary>The next request; what is none is dropped, for there is nobody to tell.</summary>
    public async Task<Request> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (wire.Read(await socket.ReceiveAsync(cancellationToken)) is { } request)
            {
                return request;
            }
        }
    }

    public async Task HandleAsync(Request request, Func<Request, Task> handle)
    {
        publications.Post(request, "status", Busy, ReplyJson.Default.StatusContent);
        try
        {
            await handle(request);
        }
        catch (JsonException exception)
        {
            await RefuseAsync(request, $"The content of this {request.Type} is not right: {exception.Message}");
        }
#pragma warning disable CA1031 // A defect in one answer must not end the kernel, which holds the user's work.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await RefuseAsync(request, $"The kernel failed to answer this {request.Type}: {exception}");
        }
        finally
        {
            publications.Post(request, "status", Idle, ReplyJson.Default.StatusContent);
        }
    }

    public async Task ReplyAsync<T>(Request request, T content, JsonTypeInfo<T> shape, ReadOnlyMemory<byte>? metadata = null) =>
        await socket.SendAsync(wire.Reply(request, ReplyType(request), content, shape, metadata));

    private Task RefuseAsync(Request request, string message) =>
        ReplyAsync(request, new ErrorReply("InvalidRequest", message, [message]), ReplyJson.Default.ErrorReply);

    private static string ReplyType(Request request) => request.Type.Replace("_request", "_reply", StringComparison.Ordinal);
}
