using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Contents;

/// <summary>Reads bodies that carry a whole file.</summary>
internal sealed class ContentsBody(IOptions<ContentsOptions> options)
{
    /// <exception cref="JsonException">The body is not such JSON.</exception>
    /// <exception cref="BadHttpRequestException">The body is too large.</exception>
    public async Task<T?> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        // The server refuses what is larger with 413, by its announced length before the first byte is read.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.Value.MaxBodyBytes;
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.Length == 0 ? null : JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), type);
    }
}
