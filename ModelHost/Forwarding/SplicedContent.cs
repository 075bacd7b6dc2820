using System.Net;
using System.Net.Http.Headers;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>JSON sent as up to three pieces, without putting them together first.</summary>
internal sealed class SplicedContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> before;
    private readonly ReadOnlyMemory<byte> between;
    private readonly ReadOnlyMemory<byte> after;

    public SplicedContent(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> between, ReadOnlyMemory<byte> after)
    {
        this.before = before;
        this.between = between;
        this.after = after;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(before, cancellationToken);
        await stream.WriteAsync(between, cancellationToken);
        await stream.WriteAsync(after, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = before.Length + between.Length + after.Length;
        return true;
    }
}
