using System.Buffers;
using System.Globalization;
using System.Text;
using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Scheduling;
using Microsoft.AspNetCore.Http.Features;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>
/// What goes to the client beside a node's own bytes. A stream may have to begin before a node does, because its client waits and is
/// told so; from then on what would have been a status is said in the stream.
/// </summary>
internal sealed class ClientAnswer(HttpContext context, ApiShape shape, bool isStream)
{
    private HttpResponse Response => context.Response;

    public bool HasStarted => Response.HasStarted;

    /// <summary>Tells a streaming client at once where in the queue it is; to others there is no way to.</summary>
    public async Task ShowPositionAsync(int position)
    {
        if (isStream && !HasStarted)
        {
            Response.Headers[SchedulingHosting.Position] = position.ToString(CultureInfo.InvariantCulture);
            BeginStream(shape == ApiShape.OpenAi ? "text/event-stream" : "application/x-ndjson");
            await Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>A sign of life. Ollama's streams have no room for one.</summary>
    public async Task ShowWaitingAsync(int position)
    {
        if (shape == ApiShape.OpenAi && HasStarted)
        {
            Response.BodyWriter.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $": waiting, position {position}\n\n")));
            await Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }

    public void BeginStream(string? contentType)
    {
        if (!HasStarted)
        {
            Response.ContentType = contentType;
            Response.Headers["X-Accel-Buffering"] = "no";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        }
    }

    /// <summary>Closes an event that a node may have left open, before another one's.</summary>
    public void CloseEvent() => Response.BodyWriter.Write(shape == ApiShape.OpenAi ? "\n"u8 : default);

    public Task FailAsync(int status, string message, string? retryAfter = null, bool midLine = false) =>
        FailAsync(status, ApiErrors.Serialize(shape, status, message), "application/json; charset=utf-8", retryAfter, midLine);

    /// <summary>Ends the answer with an error: as one, or where the answer has begun in the protocol's way to say it in the middle.</summary>
    public async Task FailAsync(int status, ReadOnlyMemory<byte> body, string contentType, string? retryAfter, bool midLine = false)
    {
        if (!HasStarted)
        {
            Response.StatusCode = status;
            Response.ContentType = contentType;
            Response.ContentLength = body.Length;
            Response.Headers.RetryAfter = retryAfter ?? (status == StatusCodes.Status503ServiceUnavailable ? "2" : default);
            await Response.Body.WriteAsync(body, context.RequestAborted);
            return;
        }

        // The blank line closes an event that the node may have left open.
        Response.BodyWriter.Write(midLine ? "\n"u8 : default);
        await WriteObjectAsync(body, "\ndata: ");
    }

    /// <summary>An object where a stream has begun although the node answers with one.</summary>
    public Task WriteObjectAsync(ReadOnlyMemory<byte> json) => WriteObjectAsync(json, "data: ");

    private async Task WriteObjectAsync(ReadOnlyMemory<byte> json, string before)
    {
        if (shape == ApiShape.OpenAi)
        {
            Response.BodyWriter.Write(Encoding.ASCII.GetBytes(before));
        }

        var line = json.Span.TrimEnd((byte)'\n');
        Response.BodyWriter.Write(line);
        Response.BodyWriter.Write(shape == ApiShape.OpenAi ? "\n\n"u8 : "\n"u8);
        await Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
