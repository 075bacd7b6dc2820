using System.Text.Json;
using Lyceum.TelemetryIngest.Events;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.TelemetryIngest.Activity;

/// <summary>Reads what class views count, so many rows a learner and so many learners at most.</summary>
internal sealed class ActivityReader(NpgsqlDataSource database, CountedEventCache cache, LongWorkReader longWork, IOptions<ActivityOptions> options)
{
    private const string Seen = """
        SELECT learner, last_seen, notebook, changes FROM learners
        WHERE course = $1 AND last_seen >= $2 AND ($3::text[] IS NULL OR learner = ANY ($3))
        ORDER BY last_seen DESC LIMIT $4
        """;

    private const string Counted = """
        SELECT asked.learner, one.* FROM unnest($2::text[]) AS asked (learner), LATERAL (
            SELECT id, live_at, received_at, type, notebook, cell, success, failure ->> 'name' FROM events
            WHERE course = $1 AND learner = asked.learner AND live_at >= $3 AND (success IS NOT NULL OR type = 'TutorQuestion')
            ORDER BY live_at DESC, id DESC LIMIT $4) AS one
        """;

    private const string Failures = "SELECT id, live_at, notebook, cell, failure FROM events WHERE id = ANY ($1) AND NOT success";

    private readonly ActivityOptions _options = options.Value;

    /// <summary>The facts of everybody seen in the window, or of those among the given learners.</summary>
    public async Task<List<LearnerFacts>> ReadAsync(string course, ActivityWindow window, DateTimeOffset now, IReadOnlyCollection<string>? among, CancellationToken cancellationToken)
    {
        var since = window.Since(now);
        var learners = await SeenAsync(course, since, among, cancellationToken);
        var counted = await KnownAsync(course, learners, since, cancellationToken);
        var longer = await longWork.ReadAsync(course, now, among, cancellationToken);
        foreach (var (facts, _) in learners)
        {
            facts.LongWork = longer.GetValueOrDefault(facts.Learner);
        }

        foreach (var (facts, _) in learners.Where(one => counted.ContainsKey(one.Facts.Learner)))
        {
            facts.Count(CountedEvent.Once(counted[facts.Learner], _options.SameExecutionWithin), window, _options.StuckAfter);
        }

        return [.. learners.Select(one => one.Facts)];
    }

    /// <summary>One learner's executions and questions since then, newest first, each once.</summary>
    public async Task<IEnumerable<CountedEvent>> OfLearnerAsync(string course, string learner, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var counted = await CountedAsync(course, [learner], since, cancellationToken);
        return counted.TryGetValue(learner, out var events) ? CountedEvent.Once(events, _options.SameExecutionWithin) : [];
    }

    /// <summary>What is shown of failures, by the events' ids.</summary>
    public async Task<Dictionary<Guid, FailedExecution>> FailuresAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        Dictionary<Guid, FailedExecution> failures = [];
        if (ids.Count == 0)
        {
            return failures;
        }

        await using var command = database.CreateCommand(Failures);
        command.Parameters.Add(new() { Value = ids.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            using var failure = JsonDocument.Parse(reader.GetString(4));
            failures[reader.GetGuid(0)] = new FailedExecution(
                reader.GetFieldValue<DateTimeOffset>(1),
                Text(reader, 2),
                Text(reader, 3),
                failure.RootElement.Text("language"),
                failure.RootElement.Text("code"),
                failure.RootElement.Text("name") ?? "Error",
                failure.RootElement.Text("value") ?? "",
                [.. failure.RootElement.Field("traceback").Items().Select(line => line.Text() ?? "")]);
        }

        return failures;
    }

    private async Task<List<(LearnerFacts Facts, long Changes)>> SeenAsync(string course, DateTimeOffset since, IReadOnlyCollection<string>? among, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Seen);
        command.Parameters.Add(new() { Value = course });
        command.Parameters.Add(new() { Value = since });
        command.Parameters.Add(new() { Value = among is null ? DBNull.Value : among.ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = _options.MaxLearners });
        List<(LearnerFacts, long)> learners = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            learners.Add((new LearnerFacts(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), Text(reader, 2)), reader.GetInt64(3)));
        }

        return learners;
    }

    /// <summary>The learners' events: those kept from the last time where nothing has come since, the others read.</summary>
    private async Task<Dictionary<string, IReadOnlyList<CountedEvent>>> KnownAsync(
        string course, List<(LearnerFacts Facts, long Changes)> learners, DateTimeOffset since, CancellationToken cancellationToken)
    {
        Dictionary<string, IReadOnlyList<CountedEvent>> known = [];
        List<(string Learner, long Changes)> unknown = [];
        foreach (var (facts, changes) in learners)
        {
            if (cache.Find(course, facts.Learner, changes, since) is { } events)
            {
                known[facts.Learner] = events;
            }
            else
            {
                unknown.Add((facts.Learner, changes));
            }
        }

        var read = await CountedAsync(course, [.. unknown.Select(one => one.Learner)], since, cancellationToken);
        foreach (var (learner, changes) in unknown)
        {
            known[learner] = cache.Keep(course, learner, changes, since, read.GetValueOrDefault(learner) ?? []);
        }

        return known;
    }

    private async Task<Dictionary<string, List<CountedEvent>>> CountedAsync(string course, string[] learners, DateTimeOffset since, CancellationToken cancellationToken)
    {
        Dictionary<string, List<CountedEvent>> counted = [];
        if (learners.Length == 0)
        {
            return counted;
        }

        await using var command = database.CreateCommand(Counted);
        command.Parameters.Add(new() { Value = course });
        command.Parameters.Add(new() { Value = learners });
        command.Parameters.Add(new() { Value = since });
        command.Parameters.Add(new() { Value = _options.MaxEventsPerLearner });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var learner = reader.GetString(0);
            if (!counted.TryGetValue(learner, out var events))
            {
                counted[learner] = events = [];
            }

            events.Add(new CountedEvent(
                reader.GetGuid(1),
                reader.GetFieldValue<DateTimeOffset>(2),
                reader.GetFieldValue<DateTimeOffset>(3),
                reader.GetString(4),
                Text(reader, 5),
                Text(reader, 6),
                reader.IsDBNull(7) ? null : reader.GetBoolean(7),
                Text(reader, 8)));
        }

        foreach (var events in counted.Values)
        {
            // They come in this order, but no plan of PostgreSQL's promises it, and to sort all of them together there is dear.
            events.Sort(NewestFirst);
        }

        return counted;
    }

    private static int NewestFirst(CountedEvent one, CountedEvent other) =>
        other.Time.CompareTo(one.Time) is var order and not 0 ? order : other.Id.CompareTo(one.Id);

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
