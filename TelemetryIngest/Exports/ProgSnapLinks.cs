using System.Text.Json;
using Lyceum.TelemetryIngest.Events;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>Writes the link tables: what ProgSnap2's MainTable has no column for.</summary>
internal static class ProgSnapLinks
{
    /// <summary>The subjects' quasi-identifiers.</summary>
    public static async Task WriteSubjectsAsync(ExportedEvents events, Stream part)
    {
        await using var table = await CsvTable.BeginAsync(part, events.Export.Definition.QuasiIdentifiers.Select(name => $"X-{name}").Prepend("SubjectID"));
        foreach (var subject in events.Export.Subjects)
        {
            await table.WriteAsync(subject.Quasi.Prepend(subject.Subject));
        }
    }

    /// <summary>The executions' languages, durations and errors.</summary>
    public static async Task WriteExecutionsAsync(ExportedEvents events, Stream part, CancellationToken cancellationToken)
    {
        await using var table = await CsvTable.BeginAsync(
            part, ["ExecutionID", "X-Language", "X-DurationMilliseconds", "X-ErrorName", "X-ErrorMessage", "X-Traceback"]);
        await foreach (var one in events.ReadAsync(cancellationToken))
        {
            if (one.Success is null)
            {
                continue;
            }

            var detail = one.Detail ?? default;
            var error = ExecutionError.Of(detail);
            await table.WriteAsync(
            [
                one.EventId.ToString(),
                detail.Text("language"),
                detail.Field("duration_ms") is { ValueKind: JsonValueKind.Number } duration ? duration.GetRawText() : null,
                error.Name,
                error.Value,
                error.Traceback.Count == 0 ? null : string.Join('\n', error.Traceback),
            ]);
        }
    }

    /// <summary>The events' sessions and senders, and of those of other types all that they say.</summary>
    public static async Task WriteEventsAsync(ExportedEvents events, Stream part, CancellationToken cancellationToken)
    {
        await using var table = await CsvTable.BeginAsync(part, ["EventID", "X-SessionID", "X-Source", "X-ClockOff", "X-Detail"]);
        await foreach (var one in events.ReadAsync(cancellationToken))
        {
            await table.WriteAsync(
                [one.EventId.ToString(), one.Session?.ToString(), one.Source, CsvTable.Flag(one.ClockOff), one.Success is null ? one.Detail?.GetRawText() : null]);
        }
    }
}
