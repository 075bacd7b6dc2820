using System.Text.Json;
using Lyceum.TelemetryIngest.Events;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>Rebuilds notebooks' histories for those who look at them.</summary>
internal sealed class Replays(NotebookEvents events, NpgsqlDataSource database, IOptions<CodeStateOptions> options) : IDisposable
{
    private const string Notebooks = """
        SELECT notebook, min(live_at), max(live_at), count(*) FROM events
        WHERE course = $1 AND learner = $2 AND notebook IS NOT NULL GROUP BY notebook ORDER BY max(live_at) DESC LIMIT 500
        """;

    private readonly SemaphoreSlim _atOnce = new(options.Value.MaxAtOnce);

    /// <summary>The history of a span of time; null when it has too many events.</summary>
    public async Task<NotebookReplay?> ReadAsync(NotebookOfLearner of, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await _atOnce.WaitAsync(cancellationToken);
        try
        {
            return await events.ReadAsync(of, from, to, withTutor: true, cancellationToken) is { } found ? Make(of, from, to, found, cancellationToken) : null;
        }
        finally
        {
            _atOnce.Release();
        }
    }

    /// <summary>The notebooks that a learner was seen in.</summary>
    public async Task<LearnerNotebooks> ListAsync(string course, string learner, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Notebooks);
        command.Parameters.Add(new() { Value = course });
        command.Parameters.Add(new() { Value = learner });
        List<LearnerNotebook> found = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new LearnerNotebook(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt64(3)));
        }

        return new LearnerNotebooks(found);
    }

    public void Dispose() => _atOnce.Dispose();

    private static NotebookReplay Make(NotebookOfLearner of, DateTimeOffset from, DateTimeOffset to, List<StoredNotebookEvent> found, CancellationToken cancellationToken)
    {
        var executions = found.Where(one => one.Success is not null).ToDictionary(one => one.Event.Id, one => one.Success!.Value);
        var history = new NotebookHistory(found.Select(one => one.Event));
        List<ReplayStep> steps = [];
        SortedDictionary<int, CellState> cells = [];
        foreach (var step in history.Steps())
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var cell in history.State.Cells.Where(cell => step.Placed.Any(place => place.Cell == cell.Key)))
            {
                cells[cell.Key] = cell;
            }

            var execution = executions.TryGetValue(step.Event.Id, out var success) ? ExecutionOf(step.Event.Detail, success) : null;
            if (execution is not null || step.Placed.Count + step.Removed.Count + step.Edits.Count > 0 || step.IsBroken || IsShown(step.Event.Type))
            {
                steps.Add(ToStep(step, execution));
            }
        }

        return new NotebookReplay(
            of.Course, of.Learner, of.Notebook, from, to, [.. cells.Values.Select(cell => new ReplayCell(cell.Key, cell.Id, cell.Type))], CodeShares.Of(history.State), steps);
    }

    private static bool IsShown(string type) => type is "NotebookOpenEvent" or "CellOutputEvent" or NotebookHistory.TutorQuestion or NotebookHistory.TutorAnswer;

    private static ReplayStep ToStep(NotebookStep step, ReplayExecution? execution) => new(
        step.Event.Id,
        step.Event.Time,
        step.Event.Type,
        step.Cell?.Key,
        step.Removed.Count == 0 ? null : step.Removed,
        step.Placed.Count == 0 ? null : step.Placed,
        step.Edits.Count == 0 ? null : step.Edits,
        step.IsBroken,
        execution,
        step.Event.Type == "CellOutputEvent" && step.Event.Detail.Field("outputs") is { ValueKind: JsonValueKind.Array } outputs && outputs.Items().All(IsOutput) ? outputs : null,
        step.Event.Type is NotebookHistory.TutorQuestion or NotebookHistory.TutorAnswer && step.Event.Detail.IsGiven() ? step.Event.Detail : null);

    private static bool IsOutput(JsonElement output) => output.Text("type") is not null && output.Text("text") is not null;

    private static ReplayExecution ExecutionOf(JsonElement detail, bool success)
    {
        var (reported, observed) = (detail.Field("error"), detail.Field("kernelError"));
        var error = success ? null : new ReplayError(
            reported.Text("name") ?? observed.Text("errorName") ?? "Error",
            reported.Text("value") ?? observed.Text("errorValue") ?? "",
            [.. (reported.IsGiven() ? reported : observed).Field("traceback").Items().Select(line => line.Text() ?? "")]);
        return new ReplayExecution(
            success, detail.Field("duration_ms") is { ValueKind: JsonValueKind.Number } took && took.TryGetInt64(out var milliseconds) ? milliseconds : null, error);
    }
}
