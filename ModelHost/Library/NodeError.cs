using System.Text.Json;

namespace Lyceum.ModelHost.Library;

/// <summary>What a node says when it refuses.</summary>
internal static class NodeError
{
    private const int MaxLength = 64 * 1024;

    public static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxLength, cancellationToken);
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String)
            {
                return error.GetString()!;
            }
        }
        catch (Exception failure) when (failure is JsonException or HttpRequestException or InvalidOperationException)
        {
            // Then the status is all there is to say.
        }

        return $"the node answered {(int)response.StatusCode}";
    }
}
