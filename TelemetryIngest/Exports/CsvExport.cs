using System.Globalization;
using System.Text.Json;
using Lyceum.TelemetryIngest.Events;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>Writes <c>events.csv</c>: a row an event, what most people ask for in columns, the rest as JSON.</summary>
internal static class CsvExport
{
    private static readonly string[] Columns =
    [
        "event_id", "subject", "order", "type", "time", "received_at", "clock_off", "notebook", "cell", "session", "source",
        "success", "language", "code", "duration_ms", "error_name", "error_value", "question_class", "detail",
    ];

    public static async Task WriteAsync(ExportedEvents events, Stream stream, CancellationToken cancellationToken)
    {
        await using var table = await CsvTable.BeginAsync(stream, Columns);
        await foreach (var one in events.ReadAsync(cancellationToken))
        {
            var detail = one.Detail ?? default;
            var error = ExecutionError.Of(detail);
            await table.WriteAsync(
            [
                one.EventId.ToString(),
                one.Subject,
                one.Order.ToString(CultureInfo.InvariantCulture),
                one.Type,
                CsvTable.Time(one.Time),
                CsvTable.Time(one.ReceivedAt),
                CsvTable.Flag(one.ClockOff),
                one.Notebook,
                one.Cell,
                one.Session?.ToString(),
                one.Source,
                CsvTable.Flag(one.Success),
                detail.Text("language"),
                one.Code,
                detail.Field("duration_ms") is { ValueKind: JsonValueKind.Number } duration ? duration.GetRawText() : null,
                error.Name,
                error.Value,
                detail.Text("class"),
                one.Detail?.GetRawText(),
            ]);
        }
    }
}
