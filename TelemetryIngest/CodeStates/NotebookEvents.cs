using Lyceum.TelemetryIngest.Activity;
using Lyceum.TelemetryIngest.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>Reads the events that a notebook's history is made of.</summary>
internal sealed class NotebookEvents(NpgsqlDataSource database, IOptions<CodeStateOptions> options, IOptions<ActivityOptions> activity)
{
    private const string Select = """
        SELECT id, live_at, occurred_at, received_at, type, cell, detail, success FROM events
        WHERE course = $1 AND learner = $2 AND live_at >= $3 AND live_at < $4 AND notebook = $5 AND type = ANY ($6)
        ORDER BY live_at, id LIMIT $7
        """;

    private readonly CodeStateOptions _options = options.Value;

    /// <summary>One notebook's events in a span of time, with those of the tutor or without; null when there are too many.</summary>
    /// <remarks>Of an execution that both KernelService and pioneer report, pioneer's event says nothing of success any more.</remarks>
    public async Task<List<StoredNotebookEvent>?> ReadAsync(
        NotebookOfLearner of, DateTimeOffset from, DateTimeOffset to, bool withTutor, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new() { Value = of.Course });
        command.Parameters.Add(new() { Value = of.Learner });
        command.Parameters.Add(new() { Value = from.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = to.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = of.Notebook });
        command.Parameters.Add(new() { Value = withTutor ? [.. NotebookEvent.Types, NotebookHistory.TutorQuestion, NotebookHistory.TutorAnswer] : NotebookEvent.Types });
        command.Parameters.Add(new() { Value = _options.MaxEvents + 1 });
        List<StoredNotebookEvent> events = [];
        var characters = 0L;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var detail = reader.Text(6) ?? "";
            characters += detail.Length;
            if (events.Count == _options.MaxEvents || characters > _options.MaxCharacters)
            {
                return null;
            }

            events.Add(new StoredNotebookEvent(NotebookEvent.Read(reader, 0, detail), reader.IsDBNull(7) ? null : reader.GetBoolean(7)));
        }

        return Once(events, of.Notebook);
    }

    private List<StoredNotebookEvent> Once(List<StoredNotebookEvent> events, string notebook)
    {
        var executions = events.Where(one => one.Success is not null)
            .Select(one => new CountedEvent(one.Event.Id, one.Event.Time, one.Event.ReceivedAt, one.Event.Type, notebook, one.Event.Cell, one.Success, null)).ToList();
        var counted = CountedEvent.Once(executions, activity.Value.SameExecutionWithin).Select(one => one.Id).ToHashSet();
        return [.. events.Select(one => one.Success is null || counted.Contains(one.Event.Id) ? one : one with { Success = null })];
    }
}

/// <summary>Whose notebook.</summary>
/// <param name="Course">The course.</param>
/// <param name="Learner">The pseudonym.</param>
/// <param name="Notebook">The notebook's path.</param>
internal readonly record struct NotebookOfLearner(string Course, string Learner, string Notebook);

/// <summary>An event of a notebook, and whether it is an execution that counts.</summary>
/// <param name="Event">The event.</param>
/// <param name="Success">Of an execution, whether it ran through; null for everything else.</param>
internal sealed record StoredNotebookEvent(NotebookEvent Event, bool? Success);
