using System.Text.Json;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>Writes <c>events.ndjson</c>: a line an event, see <see cref="ExportedEvent"/>.</summary>
internal static class NdjsonExport
{
    public static async Task WriteAsync(ExportedEvents events, Stream stream, CancellationToken cancellationToken)
    {
        await using var lines = new LineWriter(stream);
        await foreach (var one in events.ReadAsync(cancellationToken))
        {
            await lines.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(one, TelemetryJson.Default.ExportedEvent), cancellationToken);
            await lines.WriteAsync("\n"u8.ToArray(), cancellationToken);
        }
    }
}
