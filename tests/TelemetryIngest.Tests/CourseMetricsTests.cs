using System.Net;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class CourseMetricsTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private readonly DateTimeOffset _start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddHours(-20).ToUnixTimeSeconds());

    // An execution: seconds after the start, the error's type or "ok", and what differs from a cell c1 of Task.ipynb with line 1.
    private sealed record Run(int At, string Error, string Value = "v", int Line = 1, string Cell = "c1", string Notebook = "Task.ipynb", string? Code = null)
    {
        public bool IsFailed => Error != "ok";
    }

    [Theory]
    // No pair, no failure in a row: the lowest.
    [InlineData("", null)]
    [InlineData("A", null)]
    [InlineData("A ok A", 0.0)]
    // Three pairs: A A gives 11, A B gives 8, B ok nothing; 19 / 11 / 3.
    [InlineData("A A B ok", 0.57575757575757580)]
    [InlineData("A A A", 1.0)]
    // As public implementations' own examples have it: other errors in a row 8 / 11, and one pair of each (8 + 11) / 22.
    [InlineData("A B", 0.72727272727272730)]
    [InlineData("A B C", 0.72727272727272730)]
    [InlineData("A A B", 0.86363636363636360)]
    [InlineData("A B B", 0.86363636363636360)]
    public async Task The_error_quotient_is_what_was_computed_by_hand(string errors, double? expected)
    {
        var metrics = await OfAsync(InRow(errors));
        Close(expected, Number(metrics, "error_quotient"));
    }

    [Theory]
    [InlineData("A", 0.0)]
    [InlineData("A B A", 0.0)]
    // Once repeated 1/2; twice 4/3; an interruption begins anew: 1/2 + 1/2.
    [InlineData("A A", 0.5)]
    [InlineData("A A A", 1.3333333333333333)]
    [InlineData("A A ok A A", 1.0)]
    [InlineData("A A B B B", 1.8333333333333333)]
    public async Task The_repeated_error_density_is_what_was_computed_by_hand(string errors, double expected)
    {
        var metrics = await OfAsync(InRow(errors));
        Assert.Equal(expected, Number(metrics, "repeated_error_density")!.Value, 1e-12);
    }

    [Fact]
    public async Task The_Watwin_score_is_what_was_computed_by_hand()
    {
        // Seconds over A: 10, 10, 10, 110 (mean 35, deviation 43.3); the last is slow, the others usual.
        var metrics = await OfAsync(
            new Run(0, "A", "x", 1, Code: "a"),    // same message, type and line: 4 + 4 + 2 + 15 = 25
            new Run(10, "A", "x", 1, Code: "b"),   // same type only: 4 + 15 = 19
            new Run(20, "A", "y", 2, Code: "c"),   // another type, message and line: 15
            new Run(30, "B", "z", 7, Code: "d"),   // over B it is the only time, so usual, and A is another type: 15
            new Run(40, "A", "x", 1, Code: "e"),   // slow, then success: 25
            new Run(150, "ok", Code: "f"),         // did not fail: 0
            new Run(160, "ok", Code: "g"),
            new Run(170, "ok", Code: "g"));        // the same code again: no pair
        Assert.Equal((25 + 19 + 15 + 15 + 25 + 0) / 35.0 / 6, Number(metrics, "watwin")!.Value, 1e-12);
    }

    [Fact]
    public async Task Time_on_task_leaves_out_what_is_idle_and_sessions_end_at_breaks_and_notebooks()
    {
        // Gaps: 60, 300 (the limit still counts), 301 (idle), 4000 (a break), 20 in another notebook.
        var metrics = await OfAsync(new Run(0, "A"), new Run(60, "A"), new Run(360, "A"), new Run(661, "A"), new Run(4661, "A"), new Run(4681, "A", Notebook: "Other.ipynb"));
        Assert.Equal(60 + 300 + 20, Number(metrics, "time_on_task")!.Value, 1e-6);
        // Three repeats before the break and none after it: 9 / 4.
        Assert.Equal(2.25, Number(metrics, "repeated_error_density")!.Value, 1e-12);
    }

    [Fact]
    public async Task Attempts_and_time_to_the_first_success_are_counted_by_cell_and_over_the_class()
    {
        var course = TelemetryApplication.NewCourse();
        await StoreAsync(course, "sam", [new Run(0, "A"), new Run(30, "B"), new Run(90, "ok"), new Run(100, "A"), new Run(5, "A", Cell: "c2")]);
        await StoreAsync(course, "kim", [new Run(0, "ok"), new Run(7, "A", Cell: "c2"), new Run(8, "A", Cell: "c2")]);
        await StoreAsync(course, "lee", [new Run(0, "A"), new Run(50, "ok")]);
        var metrics = await ReadAsync(course);
        Assert.Equal(
            ["learner-kim c1 1 0", "learner-kim c2 2 ", "learner-lee c1 2 50", "learner-sam c1 3 90", "learner-sam c2 1 "],
            metrics.GetProperty("learners").EnumerateArray().SelectMany(learner => learner.GetProperty("cells").EnumerateArray().Select(cell =>
                $"{learner.GetProperty("learner")} {cell.GetProperty("cell")} {cell.GetProperty("attempts")} {cell.GetProperty("time_to_success")}")));
        Assert.Equal(
            ["c1 3 3 2 50", "c2 2 0 1.5 "],
            metrics.GetProperty("cells").EnumerateArray().Select(cell =>
                $"{cell.GetProperty("cell")} {cell.GetProperty("learners")} {cell.GetProperty("solved")} {cell.GetProperty("median_attempts")} {cell.GetProperty("median_time_to_success")}"));
    }

    [Fact]
    public async Task On_generated_classes_every_metric_is_what_a_second_implementation_says()
    {
#pragma warning disable CA5394 // The same classes in every run.
        var random = new Random(20160711);
        for (var round = 0; round < 3; round++)
        {
            var course = TelemetryApplication.NewCourse();
            Dictionary<string, Run[]> runs = [];
            for (var learner = 0; learner < 12; learner++)
            {
                var at = 0;
                runs[$"{learner:D2}"] = [.. Enumerable.Range(0, random.Next(0, 40)).Select(_ =>
                {
                    at += random.Next(10) == 0 ? random.Next(1801, 3000) : random.Next(1, 700);
                    return new Run(at, random.Next(3) == 0 ? "ok" : $"E{random.Next(3)}", $"v{random.Next(2)}", random.Next(1, 3), $"c{random.Next(3)}", $"{random.Next(2)}.ipynb", $"{random.Next(4)}");
                })];
                await StoreAsync(course, $"{learner:D2}", runs[$"{learner:D2}"]);
            }

            var metrics = await ReadAsync(course);
            var watwins = Straightforward.Watwins(runs.ToDictionary(one => one.Key, one => one.Value.Select(Step).ToList()));
            Assert.Equal(runs.Count(one => one.Value.Length > 0), metrics.GetProperty("learners").GetArrayLength());
            foreach (var found in metrics.GetProperty("learners").EnumerateArray())
            {
                var name = found.GetProperty("learner").GetString()!["learner-".Length..];
                var steps = runs[name].Select(Step).ToList();
                Close(Straightforward.ErrorQuotient(steps), Number(found, "error_quotient"));
                Assert.Equal(Straightforward.RepeatedErrorDensity(steps), Number(found, "repeated_error_density")!.Value, 1e-9);
                Close(watwins[name], Number(found, "watwin"));
                Assert.Equal(Straightforward.TimeOnTask(steps), Number(found, "time_on_task")!.Value, 1e-3);
            }
        }

#pragma warning restore CA5394

        static Straightforward.Step Step(Run run) => new(run.At, run.Notebook, run.Cell, run.IsFailed ? run.Error : null, run.Value, run.Line, run.Code!);
    }

    [Fact]
    public async Task An_execution_that_pioneer_reports_as_well_counts_once()
    {
        var course = TelemetryApplication.NewCourse();
        await StoreAsync(course, "sam", [new Run(0, "A"), new Run(30, "A")]);
        using var student = app.ClientFor(TestIdentity.Student("sam", course));
        await student.SendTextAsync(Sent.PioneerBody("CellExecuteEvent", _start)).IngestedAsync();
        Assert.Equal(2, (await ReadAsync(course)).Learner("learner-sam").GetProperty("executions").GetInt32());
    }

    [Theory]
    [InlineData("?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", HttpStatusCode.BadRequest)]
    [InlineData("?from=2020-01-01T00:00:00Z", HttpStatusCode.BadRequest)]
    [InlineData("?from=yesterday", HttpStatusCode.BadRequest)]
    public async Task A_span_that_makes_no_sense_answers_400(string query, HttpStatusCode expected)
    {
        using var instructor = app.ClientFor(TestIdentity.Instructor());
        using var response = await instructor.GetAsync($"/telemetry/courses/default/metrics{query}");
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task More_executions_than_may_be_counted_answer_422_and_a_student_sees_no_metrics()
    {
        var course = TelemetryApplication.NewCourse();
        await StoreAsync(course, "sam", [new Run(0, "A"), new Run(30, "A")]);
        await using var replica = await app.ReplicaAsync(new KeyValuePair<string, string?>("Metrics:MaxExecutions", "1"));
        using var instructor = replica.ClientFor(TestIdentity.Instructor(course: course));
        using var many = await instructor.GetAsync($"/telemetry/courses/{course}/metrics");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, many.StatusCode);
        using var student = app.ClientFor(TestIdentity.Student(course: course));
        using var refused = await student.GetAsync($"/telemetry/courses/{course}/metrics");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    private static void Close(double? expected, double? actual)
    {
        Assert.Equal(expected is null, actual is null);
        Assert.Equal(expected ?? 0, actual ?? 0, 1e-9);
    }

    private static Run[] InRow(string errors) => [.. errors.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((error, i) => new Run(10 * i, error, Code: $"{i}"))];

    private static double? Number(JsonElement metrics, string name) =>
        metrics.ValueKind == JsonValueKind.Undefined || metrics.GetProperty(name).ValueKind == JsonValueKind.Null ? null : metrics.GetProperty(name).GetDouble();

    private async Task<JsonElement> OfAsync(params Run[] runs)
    {
        var course = TelemetryApplication.NewCourse();
        await StoreAsync(course, "sam", runs);
        return (await ReadAsync(course)).GetProperty("learners").EnumerateArray().FirstOrDefault();
    }

    private async Task StoreAsync(string course, string learner, Run[] runs)
    {
        using var service = app.ClientFor(TestIdentity.Service());
        var events = runs.Select(run => Sent.Event("CellExecute", _start.AddSeconds(run.At), notebook: run.Notebook, cell: run.Cell, detail: new
        {
            language = "python",
            code = run.Code,
            success = !run.IsFailed,
            error = run.IsFailed ? new { name = run.Error, value = run.Value, traceback = new[] { $"Cell In[3], line {run.Line}", $"----> {run.Line} x" } } : null,
        }).Of(course, $"learner-{learner}"));
        Assert.Equal((runs.Length, 0, ""), await service.SendAsync(events).IngestedAsync());
    }

    private async Task<JsonElement> ReadAsync(string course)
    {
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        return await instructor.GetAsync($"/telemetry/courses/{course}/metrics").JsonAsync();
    }
}
