using System.Net;
using System.Net.Http.Headers;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>JSON sent as up to three pieces, without putting them together first.</summary>
internal sealed class SplicedContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _before;
    private readonly ReadOnlyMemory<byte> _between;
    private readonly ReadOnlyMemory<byte> _after;

    public SplicedContent(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> between, ReadOnlyMemory<byte> after)
    {
        _before = before;
        _between = between;
        _after = after;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>Whether the receiver has it all.</summary>
    public bool IsSent { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_before, cancellationToken);
        await stream.WriteAsync(_between, cancellationToken);
        await stream.WriteAsync(_after, cancellationToken);
        IsSent = true;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _before.Length + _between.Length + _after.Length;
        return true;
    }
}
