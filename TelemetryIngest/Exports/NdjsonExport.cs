using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>Writes <c>events.ndjson</c>: a line an event, see <see cref="ExportedEvent"/>.</summary>
internal static class NdjsonExport
{
    /// <summary>For people's eyes: what is no danger outside of HTML stays as it is.</summary>
    private static readonly TelemetryJson Readable = new(new JsonSerializerOptions(TelemetryJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static async Task WriteAsync(ExportedEvents events, Stream stream, CancellationToken cancellationToken)
    {
        await using var lines = new LineWriter(stream);
        await foreach (var one in events.ReadAsync(cancellationToken))
        {
            await lines.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(one, Readable.ExportedEvent), cancellationToken);
            await lines.WriteAsync("\n"u8.ToArray(), cancellationToken);
        }
    }
}
