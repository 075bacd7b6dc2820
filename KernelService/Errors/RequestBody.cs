using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Lyceum.KernelService.Errors;

/// <summary>
/// Reads the body as JSON whatever type it claims to have: several of Jupyter's clients send no Content-Type, and some no body.
/// </summary>
internal static class RequestBody
{
    private const int MaxBytes = 1024 * 1024;

    /// <exception cref="JsonException">The body is not such JSON.</exception>
    /// <exception cref="BadHttpRequestException">The body is too large.</exception>
    public static async Task<T?> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var body = new MemoryStream();
        var buffer = new byte[8192];
        while (await request.Body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (body.Length > MaxBytes)
            {
                throw new BadHttpRequestException($"The body is larger than {MaxBytes} bytes.", StatusCodes.Status413PayloadTooLarge);
            }
        }

        return body.Length == 0 ? null : JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), type);
    }
}
