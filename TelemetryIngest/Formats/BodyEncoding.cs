using Microsoft.Net.Http.Headers;
using ZstdSharp;

namespace Lyceum.TelemetryIngest.Formats;

/// <summary>A request's body as it was before its sender compressed it.</summary>
internal static class BodyEncoding
{
    /// <summary>What is taken, as the answer to anything else names it.</summary>
    public const string Taken = "gzip, zstd, identity";

    /// <summary>The window that RFC 9659 lets a sender of zstd count on: 8 MiB, which is what decoding one body costs at most.</summary>
    private const int MaxWindowLog = 23;

    /// <summary>A stream of the body's own bytes; null when its Content-Encoding is not taken.</summary>
    public static Stream? Open(HttpRequest request)
    {
        var encodings = request.Headers.GetCommaSeparatedValues(HeaderNames.ContentEncoding);
        if (encodings.Length > 1)
        {
            return null;
        }

        switch (encodings.FirstOrDefault()?.ToUpperInvariant() ?? "IDENTITY")
        {
            case "IDENTITY":
                return request.Body;
            case "GZIP" or "X-GZIP":
                return new GzipBody(request.Body);
            case "ZSTD":
                var zstd = new DecompressionStream(request.Body, leaveOpen: true);
                zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
                return zstd;
            default:
                return null;
        }
    }

    /// <summary>What is wrong with a body that cannot be decompressed; null when the failure is another one.</summary>
    public static string? ProblemOf(Exception failure) => failure is InvalidDataException or ZstdException or EndOfStreamException
        ? $"The body cannot be decompressed: {failure.Message}"
        : null;
}
