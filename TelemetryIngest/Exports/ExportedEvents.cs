using System.Runtime.CompilerServices;
using System.Text.Json;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Storage;
using Npgsql;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>Reads an export's events as they may leave: by subject, each subject's in order.</summary>
internal sealed class ExportedEvents(NpgsqlDataSource database, ExportStore exports, FrozenExport export, Scrubber scrubber, string iriBase)
{
    private const string OfLearner = $"""
        SELECT id, occurred_at, received_at, live_at, clock_off, type, notebook, cell, session, source, success, (detail - 'notebookContent')::text,
            coalesce(
                to_jsonb(detail ->> 'code'),
                detail -> 'doc',
                CASE WHEN type = '{Execution.Observed}' THEN
                    jsonb_path_query_first(detail, '$.notebookContent.cells[*] ? (@.id == $id).source', jsonb_build_object('id', cell)) END)::text
        FROM events WHERE {Anonymity.InStudy} AND learner = $6
        ORDER BY live_at, id
        """;

    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public FrozenExport Export => export;

    /// <summary>What IRIs of this study begin with.</summary>
    public string Iri => $"{iriBase}/studies/{export.Study}";

    /// <summary>Every event.</summary>
    /// <exception cref="OperationCanceledException">A learner in the export has withdrawn meanwhile, or it has expired: not even the rest may leave.</exception>
    public async IAsyncEnumerable<ExportedEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        foreach (var subject in export.Subjects)
        {
            if (!await exports.IsValidAsync(export.Id, cancellationToken))
            {
                throw new OperationCanceledException("The export is no longer given.");
            }

            var order = 0L;
            TimeSpan? shift = export.Definition.RelativeTimes ? null : TimeSpan.Zero;
            await using var command = Query.Command(
                connection, OfLearner, export.Course, export.Definition.From, export.Definition.To, export.Definition.EventTypes.ToArray(), export.Bound, subject.Learner);
            command.CommandTimeout = 0;
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                shift ??= Epoch - row.GetFieldValue<DateTimeOffset>(3);
                yield return Read(row, subject.Subject, ++order, shift.Value);
            }
        }
    }

    private ExportedEvent Read(NpgsqlDataReader row, string subject, long order, TimeSpan shift) => new(
        export.Key.Id("event", row.GetGuid(0).ToString()),
        subject,
        order,
        row.GetString(5),
        row.GetFieldValue<DateTimeOffset>(1) + shift,
        row.GetFieldValue<DateTimeOffset>(2) + shift,
        row.GetBoolean(4),
        row.Text(6) is { } notebook ? scrubber.Clean(notebook) : null,
        row.Text(7) is { } cell ? export.Key.Name("cell", cell) : null,
        row.Text(8) is { } session ? export.Key.Id("session", session) : null,
        row.GetString(9),
        row.IsDBNull(10) ? null : row.GetBoolean(10),
        row.Text(12) is { } code ? scrubber.Clean(TextOf(JsonElement.Parse(code))) : null,
        row.Text(11) is { } detail ? JsonElement.Parse(ScrubbedJson.From(JsonElement.Parse(detail), scrubber, export.Key)) : null);

    /// <summary>A text, or lines: pioneer's <c>doc</c> has them without their ends, nbformat's <c>source</c> with.</summary>
    private static string TextOf(JsonElement code) => code.ValueKind == JsonValueKind.String
        ? code.GetString()!
        : string.Join('\n', code.Items().Select(line => line.Text()?.TrimEnd('\n')));
}
