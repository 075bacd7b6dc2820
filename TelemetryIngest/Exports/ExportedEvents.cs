using System.Runtime.CompilerServices;
using System.Text.Json;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Formats;
using Lyceum.TelemetryIngest.Storage;
using Npgsql;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>Reads an export's events as they may leave: by subject, each subject's in order.</summary>
internal sealed class ExportedEvents(NpgsqlDataSource database, ExportStore exports, FrozenExport export, Scrubber scrubber)
{
    private const string OfLearner = $"""
        SELECT id, occurred_at, received_at, live_at, clock_off, type, notebook, cell, session, source, success, (detail - 'notebookContent')::text,
            coalesce(
                to_jsonb(detail ->> 'code'),
                detail -> 'doc',
                CASE WHEN type = '{Execution.Observed}' THEN
                    jsonb_path_query_first(detail, '$.notebookContent.cells[*] ? (@.id == $id).source', jsonb_build_object('id', cell)) END)::text,
            CASE WHEN type = '{Execution.Observed}' THEN (
                SELECT report.live_at > events.live_at FROM events AS report
                WHERE report.course = $1 AND report.learner = $6 AND report.number <= $5 AND report.type = '{Execution.Reported}' AND report.type = ANY ($4)
                    AND report.success IS NOT NULL AND (report.notebook = events.notebook OR report.notebook IS NULL OR events.notebook IS NULL)
                    AND report.live_at BETWEEN events.live_at - interval '1 minute' AND events.live_at + interval '1 minute'
                ORDER BY abs(extract(epoch FROM report.live_at - events.live_at)) LIMIT 1) END
        FROM events WHERE {Anonymity.InStudy} AND learner = $6
        ORDER BY live_at, id
        """;

    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public FrozenExport Export => export;

    /// <summary>What IRIs of this study begin with.</summary>
    public string Iri => $"{export.IriBase}/studies/{export.Study}";

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

    /// <summary>What the events of a subject have made of their cells, as edits tell.</summary>
    public IAsyncEnumerable<RebuiltStep> ReadCodeAsync(string subject, CancellationToken cancellationToken) =>
        new RebuiltCode(database, export, scrubber).ReadAsync(export.Subjects.Single(one => one.Subject == subject).Learner, cancellationToken);

    private ExportedEvent Read(NpgsqlDataReader row, string subject, long order, TimeSpan shift) => new(
        export.Key.Id("event", row.GetGuid(0).ToString()),
        subject,
        order,
        row.GetString(5),
        Shifted(row.GetFieldValue<DateTimeOffset>(1), shift),
        Shifted(row.GetFieldValue<DateTimeOffset>(2), shift),
        row.GetBoolean(4),
        row.Text(6) is { } notebook ? scrubber.Clean(notebook) : null,
        row.Text(7) is { } cell ? export.Key.Name("cell", cell) : null,
        row.Text(8) is { } session ? export.Key.Id("session", session) : null,
        row.GetString(9),
        row.IsDBNull(10) ? null : row.GetBoolean(10),
        row.Text(12) is { } code ? scrubber.Clean(TextOf(JsonElement.Parse(code, BodyValues.Stored))) : null,
        row.Text(11) is { } detail ? JsonElement.Parse(ScrubbedJson.From(JsonElement.Parse(detail, BodyValues.Stored), scrubber, export.Key), BodyValues.Stored) : null)
    {
        IsReportedLater = row.IsDBNull(13) ? null : row.GetBoolean(13),
    };

    /// <summary>A sender's clock may say any year: what would come to lie before the first is said to be its beginning.</summary>
    private static DateTimeOffset Shifted(DateTimeOffset time, TimeSpan shift) =>
        new(Math.Clamp(time.UtcTicks + shift.Ticks, DateTimeOffset.MinValue.UtcTicks, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);

    /// <summary>A text, or lines: pioneer's <c>doc</c> has them without their ends, nbformat's <c>source</c> with.</summary>
    private static string TextOf(JsonElement code) => code.ValueKind == JsonValueKind.String
        ? code.GetString()!
        : string.Join('\n', code.Items().Select(line => line.Text()?.TrimEnd('\n')));
}
