using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;

namespace Lyceum.ChatService.Turns;

/// <summary>
/// Writes server-sent events (WHATWG HTML, 9.2), each at once. A client that has gone is not an error here: its request's
/// cancellation says so to those who work for it.
/// </summary>
internal sealed class EventStream
{
    private readonly PipeWriter _body;

    public EventStream(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        // For nginx, which would otherwise collect the answer.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        _body = context.Response.BodyWriter;
    }

    /// <param name="name">The event's name.</param>
    /// <param name="id">Where in the stream its reader is after it.</param>
    /// <param name="data">What it says.</param>
    /// <param name="type">How that is written.</param>
    public async ValueTask WriteAsync<T>(string name, TurnPosition id, T data, JsonTypeInfo<T> type)
    {
        _body.Write("event: "u8);
        Encoding.ASCII.GetBytes(name, _body);
        _body.Write("\nid: "u8);
        Encoding.ASCII.GetBytes(id.ToString(), _body);
        _body.Write("\ndata: "u8);
        _body.Write(JsonSerializer.SerializeToUtf8Bytes(data, type));
        _body.Write("\n\n"u8);
        await _body.FlushAsync();
    }

    /// <summary>An event of a stream that starts over when it is read again.</summary>
    public async ValueTask WriteAsync(string name, ReadOnlyMemory<byte> json)
    {
        _body.Write("event: "u8);
        Encoding.ASCII.GetBytes(name, _body);
        _body.Write("\ndata: "u8);
        _body.Write(json.Span);
        _body.Write("\n\n"u8);
        await _body.FlushAsync();
    }

    /// <summary>A comment, which keeps proxies from giving up on a silent connection.</summary>
    public async ValueTask WriteSignOfLifeAsync()
    {
        _body.Write(":\n\n"u8);
        await _body.FlushAsync();
    }
}
