using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Lyceum.TelemetryIngest.Activity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.TelemetryIngest.Metrics;

/// <summary>Computes a course's metrics from its events.</summary>
internal sealed partial class MetricsReader(NpgsqlDataSource database, IOptions<MetricsOptions> options, IOptions<ActivityOptions> activity)
{
    private const string Executions = """
        SELECT learner, id, live_at, received_at, type, notebook, cell, success, failure ->> 'name', failure ->> 'value', failure ->> 'traceback',
            md5(coalesce(detail ->> 'code', failure ->> 'code'))
        FROM events
        WHERE course = $1 AND live_at >= $2 AND live_at < $3 AND success IS NOT NULL AND ($4::text IS NULL OR notebook = $4)
        ORDER BY learner, live_at, id LIMIT $5
        """;

    private const string TimesOnTask = """
        SELECT learner, extract(epoch FROM sum(gap))::float8 FROM (
            SELECT learner, live_at - lag(live_at) OVER (PARTITION BY learner ORDER BY live_at) AS gap FROM events
            WHERE course = $1 AND live_at >= $2 AND live_at < $3 AND ($4::text IS NULL OR notebook = $4)) AS gaps
        WHERE gap <= $5 GROUP BY learner
        """;

    private readonly MetricsOptions _options = options.Value;

    /// <summary>The metrics of a span of time, of one notebook or of all; null when there are more executions than may be counted.</summary>
    public async Task<CourseMetrics?> ReadAsync(string course, DateTimeOffset from, DateTimeOffset to, string? notebook, CancellationToken cancellationToken)
    {
        if (await AttemptsAsync(course, from, to, notebook, cancellationToken) is not { } attempts)
        {
            return null;
        }

        var times = await TimesOnTaskAsync(course, from, to, notebook, cancellationToken);
        var watwin = new Watwin(attempts.Values.SelectMany(own => Attempt.Sessions(own, byCell: true, _options.BreakAfter)));
        List<LearnerMetrics> learners = [];
        foreach (var learner in attempts.Keys.Union(times.Keys).Order(StringComparer.Ordinal))
        {
            var own = attempts.GetValueOrDefault(learner) ?? [];
            List<IReadOnlyList<Attempt>> sessions = [.. Attempt.Sessions(own, byCell: false, _options.BreakAfter)];
            learners.Add(new LearnerMetrics(
                learner,
                own.Count,
                own.Count(one => one.IsFailed),
                ErrorQuotient.Of(sessions),
                RepeatedErrorDensity.Of(sessions),
                watwin.Of(Attempt.Sessions(own, byCell: true, _options.BreakAfter)),
                times.GetValueOrDefault(learner),
                CellProgress.Of(own)));
        }

        return new CourseMetrics(course, from, to, learners, CellProgress.Of(learners));
    }

    /// <summary>The errors of a span of time, the most frequent first; null when there are more executions than may be counted.</summary>
    public async Task<IReadOnlyList<MetError>?> ErrorsAsync(string course, DateTimeOffset from, DateTimeOffset to, string? notebook, CancellationToken cancellationToken) =>
        await AttemptsAsync(course, from, to, notebook, cancellationToken) is { } attempts
            ?
            [
                .. attempts.SelectMany(own => own.Value.Where(one => one.IsFailed).Select(one => (Learner: own.Key, Attempt: one)))
                    .GroupBy(one => one.Attempt.Error!)
                    .Select(error => new MetError(
                        error.Key, error.Count(), error.Select(one => one.Learner).Distinct().Count(), error.MaxBy(one => one.Attempt.Time).Attempt.Message ?? ""))
                    .OrderByDescending(error => error.Count).ThenBy(error => error.Name, StringComparer.Ordinal),
            ]
            : null;

    private async Task<Dictionary<string, List<Attempt>>?> AttemptsAsync(string course, DateTimeOffset from, DateTimeOffset to, string? notebook, CancellationToken cancellationToken)
    {
        Dictionary<string, List<(CountedEvent Counted, Attempt Attempt)>> executions = [];
        var count = 0;
        await using var command = Command(Executions, course, from, to, notebook);
        command.Parameters.Add(new() { Value = _options.MaxExecutions + 1 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (++count > _options.MaxExecutions)
            {
                return null;
            }

            ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(executions, reader.GetString(0), out _);
            (own ??= []).Add(Read(reader));
        }

        return executions.ToDictionary(own => own.Key, own => Once(own.Value));
    }

    private List<Attempt> Once(List<(CountedEvent Counted, Attempt Attempt)> executions)
    {
        var counted = CountedEvent.Once([.. executions.Select(one => one.Counted)], activity.Value.SameExecutionWithin).Select(one => one.Id).ToHashSet();
        return [.. executions.Where(one => counted.Contains(one.Counted.Id)).Select(one => one.Attempt)];
    }

    private static (CountedEvent, Attempt) Read(NpgsqlDataReader reader)
    {
        var time = reader.GetFieldValue<DateTimeOffset>(2);
        var isFailed = !reader.GetBoolean(7);
        var error = isFailed ? Text(8) ?? "Error" : null;
        return (
            new CountedEvent(reader.GetGuid(1), time, reader.GetFieldValue<DateTimeOffset>(3), reader.GetString(4), Text(5), Text(6), !isFailed, error),
            new Attempt(time, Text(5), Text(6), error, isFailed ? Text(9) ?? "" : null, isFailed ? LineOf(Text(10) ?? "") : null, Text(11)));

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    /// <summary>The line of the cell that a traceback begins with: of Python "Cell In[3], line 2" or "----&gt; 2".</summary>
    private static int? LineOf(string traceback) =>
        Line().Match(traceback) is { Success: true } match && int.TryParse(match.Groups["line"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var line) ? line : null;

    private async Task<Dictionary<string, double>> TimesOnTaskAsync(string course, DateTimeOffset from, DateTimeOffset to, string? notebook, CancellationToken cancellationToken)
    {
        Dictionary<string, double> times = [];
        await using var command = Command(TimesOnTask, course, from, to, notebook);
        command.Parameters.Add(new() { Value = _options.IdleAfter });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            times.Add(reader.GetString(0), reader.GetDouble(1));
        }

        return times;
    }

    private NpgsqlCommand Command(string sql, string course, DateTimeOffset from, DateTimeOffset to, string? notebook)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = course });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        command.Parameters.Add(new() { Value = (object?)notebook ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        return command;
    }

    [GeneratedRegex(@"-+> ?(?<line>\d{1,6})\b|\bline (?<line>\d{1,6})\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Line();
}
