using System.Globalization;
using System.Text;
using System.Text.Json;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.TelemetryIngest.Tests.Derived;

public sealed partial class DerivationTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private static readonly KeyValuePair<string, string?>[] Hasty =
        [new("Derivation:Interval", "00:00:00.05"), new("Derivation:CodeInterval", "00:00:00"), new("Events:MaxClockError", "30.00:00:00")];

    private readonly string _course = TelemetryApplication.NewCourse();
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Progress_is_what_was_counted_by_hand()
    {
        await app.Service.StoreAsync(
        [
            // Solved at the third try; what comes afterwards does not matter.
            .. Runs("ada", "c1", 50, "NameError", "KeyError", null, "NameError"),
            .. Runs("ada", "c2", 40, "KeyError", "NameError", "NameError", "NameError"),
            .. Runs("bo", "c1", 55, (string?)null),
            .. Runs("bo", "c2", 45, "NameError", "KeyError", "NameError"),
            // Nobody else has this cell.
            .. Runs("bo", "own", 20, (string?)null),
            .. Runs("cy", "c2", 35, "NameError", null),
        ]);
        var progress = await ProgressAsync(found => found.GetProperty("cells").EnumerateArray().Sum(cell => cell.GetProperty("solved").GetInt32()) == 3);
        Assert.Equal("Task.ipynb", progress.GetProperty("notebook").GetString());
        Assert.Equal(["c1 df.head() 0 0 2 2", "c2 df.head() 1 1 1 2"], progress.GetProperty("cells").EnumerateArray().Select(cell =>
            $"{cell.GetProperty("cell")} {cell.GetProperty("code")} {cell.GetProperty("tried")} {cell.GetProperty("stuck")} {cell.GetProperty("solved")} {cell.GetProperty("median_tries")}"));
        Assert.Equal(["learner-ada sx [3,4]", "learner-bo st [1,3]", "learner-cy -s [0,2]"], progress.GetProperty("learners").EnumerateArray().Select(learner =>
            $"{learner.GetProperty("learner")} {learner.GetProperty("states")} {learner.GetProperty("tries").GetRawText()}"));

        // A fourth learner's success is there without anybody asking for it.
        await app.Service.StoreAsync(Runs("di", "c1", 1, (string?)null));
        await ProgressAsync(found => found.GetProperty("cells")[0].GetProperty("solved").GetInt32() == 3);
    }

    [Fact]
    public async Task A_row_of_failures_goes_on_over_midnight_and_a_solved_exercise_stays_solved()
    {
        var (service, data) = await app.AloneAsync(Hasty);
        await using var _ = service;
        await using var __ = data;
        var midnight = new DateTimeOffset(_now.UtcDateTime.Date.AddDays(-2), TimeSpan.Zero);
        await service.StoreAsync(
            Sent.Execution(midnight.AddHours(-1), "NameError").Of(_course, "learner-ada"),
            Sent.Execution(midnight.AddMinutes(-1), "NameError").Of(_course, "learner-ada"),
            Sent.Execution(midnight.AddMinutes(1), "NameError").Of(_course, "learner-ada"),
            Sent.Execution(midnight.AddHours(-1)).Of(_course, "learner-bo"),
            Sent.Execution(midnight.AddHours(1), "NameError").Of(_course, "learner-bo"));
        await service.DerivedAsync(_course);
        using var instructor = service.ClientFor(TestIdentity.Instructor(course: _course));
        var progress = await instructor.GetAsync($"/telemetry/courses/{_course}/progress").JsonAsync();
        Assert.Equal(["x 3", "s 1"], progress.GetProperty("learners").EnumerateArray().Select(learner => $"{learner.GetProperty("states")} {learner.GetProperty("tries")[0]}"));
    }

    [Fact]
    public async Task Questions_are_counted_by_class_and_objective()
    {
        await app.Service.StoreAsync(
            Question("ada", "executive", "loops"), Question("ada", "executive", "loops"), Question("ada", "instrumental", "loops"),
            Question("bo", "instrumental", "files"), Question("bo", "other", null));
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: _course));
        var help = JsonElement.Parse("{}");
        await Calls.UntilAsync(
            async () =>
            {
                help = await instructor.GetAsync($"/telemetry/courses/{_course}/help-seeking").JsonAsync();
                return help.GetProperty("questions").GetInt32() == 5;
            },
            Derivations.Patience);
        Assert.Equal(["executive 2 1", "instrumental 2 2", "other 1 1"], Groups(help.GetProperty("classes")));
        Assert.Equal(["loops 3", "| 1", "files 1"], help.GetProperty("objectives").EnumerateArray().Select(one =>
            $"{(one.GetProperty("objective").GetString() is { Length: > 0 } name ? name : "|")} {one.GetProperty("questions")}"));
        Assert.Equal(["executive 2 1", "instrumental 1 1"], Groups(help.GetProperty("objectives")[0].GetProperty("classes")));
        Assert.Equal(["learner-ada 3 0.667", "learner-bo 2 0.000"], help.GetProperty("by_learner").EnumerateArray().Select(one =>
            string.Create(CultureInfo.InvariantCulture, $"{one.GetProperty("learner")} {one.GetProperty("questions")} {one.GetProperty("executive_share").GetDouble():F3}")));
        using var refused = await instructor.GetAsync($"/telemetry/courses/{_course}/help-seeking?from=2026-02-01&to=2026-01-01");
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.StatusCode);

        static IEnumerable<string> Groups(JsonElement groups) =>
            groups.EnumerateArray().Select(one => $"{one.GetProperty("class")} {one.GetProperty("questions")} {one.GetProperty("learners")}");
    }

    [Theory]
    [InlineData(7, "02:00:00")]
    [InlineData(8, "00:20:00")]
    public async Task What_is_kept_as_events_come_is_what_is_computed_anew_from_all_of_them(int seed, string idleAfter)
    {
        var (service, data) = await app.AloneAsync([.. Hasty, new("Metrics:IdleAfter", idleAfter)]);
        await using var _ = service;
        await using var __ = data;
        var made = new GeneratedClass(_course, seed, _now);
        foreach (var batch in made.Batches)
        {
            await service.StoreAsync(batch);
            // What has come is taken up at any time: sometimes before the next batch, sometimes along with it.
            if (batch.Length % 3 == 0)
            {
                await service.DerivedAsync(_course);
            }
        }

        await service.DerivedAsync(_course);
        await ThresholdsAsync(data);
        var kept = await DumpAsync(data);
        Assert.Equal(made.Runs(), await data.OneAsync<long>("SELECT sum(executions) FROM cell_days"));
        Assert.Equal(made.Questions(), await data.OneAsync<long>("SELECT sum(questions) FROM question_days"));
        Assert.Equal(made.Solved(), await data.OneAsync<long>("SELECT count(DISTINCT (learner, notebook, cell)) FROM cell_days WHERE first_success IS NOT NULL"));
        Assert.Equal(made.Solved(), await data.OneAsync<long>("SELECT count(*) FROM cell_standings WHERE first_success IS NOT NULL"));
        Assert.True(await data.OneAsync<long>("SELECT count(*) FROM code_states") > 4);
        Assert.True(await data.OneAsync<double>("SELECT sum(seconds::float8) FROM active_times") > 600);

        await ExecuteAsync(data, "UPDATE cell_days SET executions = 99; UPDATE question_days SET questions = 99; UPDATE code_states SET tutor = 99, state = NULL; UPDATE active_times SET seconds = 99; UPDATE cell_standings SET tries = 99, active = 99; UPDATE notebook_learners SET last_at = now(); UPDATE cell_thresholds SET seconds = 99");
        using (var instructor = service.ClientFor(TestIdentity.Instructor(course: _course)))
        {
            using var accepted = await instructor.PostAsync(new Uri($"/telemetry/courses/{_course}/derivation", UriKind.Relative), null);
            Assert.Equal(System.Net.HttpStatusCode.Accepted, accepted.StatusCode);
        }

        await service.DerivedAsync(_course);
        await ThresholdsAsync(data);
        Assert.Equal(kept, await DumpAsync(data));

        // Nothing of a learner stays when the learner goes.
        await ExecuteAsync(data, "DELETE FROM learners");
        Assert.Equal(0, await data.OneAsync<long>("SELECT (SELECT count(*) FROM cell_days) + (SELECT count(*) FROM question_days) + (SELECT count(*) FROM code_states) + (SELECT count(*) FROM active_times) + (SELECT count(*) FROM cell_standings) + (SELECT count(*) FROM notebook_learners)"));
    }

    /// <summary>Waits for what is computed last, once all learners of a round are up to date.</summary>
    private static Task ThresholdsAsync(NpgsqlDataSource data) => Calls.UntilAsync(
        () => data.OneAsync<bool>("""
            WITH now AS (SELECT course, notebook, cell, solved::int, seconds FROM cell_thresholds),
                due AS (
                    SELECT course, notebook, cell, count(*)::int, percentile_disc(0.9) WITHIN GROUP (ORDER BY active) FROM cell_standings
                    WHERE first_success IS NOT NULL GROUP BY course, notebook, cell)
            SELECT NOT EXISTS (TABLE now EXCEPT TABLE due) AND NOT EXISTS (TABLE due EXCEPT TABLE now)
            """),
        Derivations.Patience);

    private static async Task<string> DumpAsync(NpgsqlDataSource data)
    {
        var text = new StringBuilder();
        foreach (var table in new[] { "cell_days", "question_days", "code_states", "active_times", "cell_standings", "notebook_learners", "cell_thresholds" })
        {
            text.Append(table).Append('\n').Append(await data.OneAsync<string>($"SELECT string_agg(one::text, E'\\n' ORDER BY one::text) FROM {table} AS one")).Append('\n');
        }

        return text.ToString();
    }

    private static async Task ExecuteAsync(NpgsqlDataSource data, string sql)
    {
#pragma warning disable CA2100 // The test's own.
        await using var command = data.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private IEnumerable<Dictionary<string, object?>> Runs(string learner, string cell, double minutesAgo, params string?[] errors) =>
        errors.Select((error, i) => Sent.Execution(_now.AddMinutes(i - minutesAgo), error, cell: cell).Of(_course, $"learner-{learner}"));

    private Dictionary<string, object?> Question(string learner, string kind, string? objective) =>
        Sent.Event("TutorQuestion", _now.AddMinutes(-1), new { @class = kind, objective }, "Task.ipynb").Of(_course, $"learner-{learner}");

    private async Task<JsonElement> ProgressAsync(Func<JsonElement, bool> isDone)
    {
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: _course));
        var progress = JsonElement.Parse("{}");
        await Calls.UntilAsync(
            async () => isDone(progress = await instructor.GetAsync($"/telemetry/courses/{_course}/progress").JsonAsync()), Derivations.Patience);
        return progress;
    }
}
