using System.Runtime.CompilerServices;
using Lyceum.TelemetryIngest.CodeStates;
using Lyceum.TelemetryIngest.Storage;
using Npgsql;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>
/// Rebuilds a subject's cells from the edits that are part of an export, as replay does. A notebook without edits in the export is left
/// out: of it only what ran is known.
/// </summary>
internal sealed class RebuiltCode(NpgsqlDataSource database, FrozenExport export, Scrubber scrubber)
{
    // Not options: an export has the same bytes whatever is configured meanwhile.
    private const int MaxEvents = 100_000;
    private const int MaxCharacters = 32_000_000;

    private const string Events = $"""
        SELECT notebook, id, live_at, occurred_at, received_at, type, cell, detail::text FROM events
        WHERE {Anonymity.InStudy} AND learner = $6 AND type = ANY ($7) AND notebook IN (
            SELECT notebook FROM events WHERE {Anonymity.InStudy} AND learner = $6 AND type = 'CellEditEvent')
        ORDER BY notebook, live_at, id
        """;

    /// <summary>Of events of the export that are about a cell, what each has made of it.</summary>
    public async IAsyncEnumerable<RebuiltStep> ReadAsync(string learner, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!export.Definition.EventTypes.Contains("CellEditEvent"))
        {
            yield break;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = Query.Command(
            connection, Events, export.Course, export.Definition.From, export.Definition.To, export.Definition.EventTypes.ToArray(), export.Bound, learner, NotebookEvent.Types);
        command.CommandTimeout = 0;
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        List<NotebookEvent> events = [];
        var (notebook, count, characters) = ((string?)null, 0, 0L);
        for (var more = true; more;)
        {
            more = await row.ReadAsync(cancellationToken);
            var next = more ? row.GetString(0) : null;
            if (next != notebook)
            {
                foreach (var one in CodeOf(events))
                {
                    yield return one;
                }

                (events, notebook, count, characters) = ([], next, 0, 0);
            }

            if (!more)
            {
                continue;
            }

            var detail = row.Text(7) ?? "";
            characters += detail.Length;
            if (++count > MaxEvents || characters > MaxCharacters)
            {
                // More than is rebuilt: as if there were no edits of it.
                events = [];
                continue;
            }

            events.Add(NotebookEvent.Read(row, 1, detail));
        }
    }

    private IEnumerable<RebuiltStep> CodeOf(List<NotebookEvent> events)
    {
        Dictionary<int, string> codes = [];
        foreach (var step in new NotebookHistory(events).Steps())
        {
            if (step.Cell is not { } cell)
            {
                continue;
            }

            var one = export.Key.Id("event", step.Event.Id.ToString());
            var code = step.IsBroken || !cell.IsKnown ? null : cell.Text.ToString();
            if (code is null || code.Contains(SavedCode.Unknown, StringComparison.Ordinal))
            {
                codes.Remove(cell.Key);
                yield return new(one, null, null, null);
                continue;
            }

            yield return RebuiltStep.Of(one, codes.GetValueOrDefault(cell.Key), code, step.Edits, scrubber.Clean);
            codes[cell.Key] = code;
        }
    }
}
