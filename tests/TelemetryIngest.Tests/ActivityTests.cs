using System.Net;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class ActivityTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task The_class_view_says_what_was_counted_by_hand()
    {
        var course = TelemetryApplication.NewCourse();
        await StoreAsync(
            course,
            ("sam", Sent.Execution(Ago(50))),
            ("sam", Sent.Execution(Ago(40), "NameError", cell: "c2", code: "df.head()", value: "name 'df' is not defined")),
            ("sam", Sent.Execution(Ago(39), "KeyError", cell: "c2", value: "'age'")),
            ("sam", Sent.Event("TutorQuestion", Ago(38), new { conversation = "x", text_length = 12, about_error = true }, "Task.ipynb")),
            ("kim", Sent.Execution(Ago(30), "NameError", notebook: "Other.ipynb", code: "x", value: "name 'x' is not defined")),
            ("kim", Sent.Execution(Ago(29), notebook: "Other.ipynb")),
            ("kim", Sent.Event("NotebookScrollEvent", Ago(1), notebook: "Other.ipynb")),
            ("lee", Sent.Execution(Ago(200), "NameError")),
            ("pat", Sent.Event("TutorAnswer", Ago(3))));

        var activity = await ViewAsync(course);
        Assert.Equal(course, activity.GetProperty("course").GetString());
        Assert.Equal("PT2H", activity.GetProperty("window").GetString());
        Assert.InRange(activity.GetProperty("as_of").GetDateTimeOffset(), _now, _now.AddMinutes(1));
        // sam has failures in a row; of the others pat was seen before kim; lee not at all in two hours.
        Assert.Equal(["learner-sam", "learner-kim", "learner-pat"], Learners(activity));

        var sam = activity.Learner("learner-sam");
        Assert.Equal((3, 2, 2, 1), Numbers(sam));
        Assert.False(sam.GetProperty("active").GetBoolean());
        Assert.False(sam.GetProperty("stuck").GetBoolean());
        Assert.Equal(JsonValueKind.Null, sam.GetProperty("stuck_reason").ValueKind);
        Assert.Equal("Task.ipynb", sam.GetProperty("notebook").GetString());
        Assert.Equal(Micros(Ago(38)), sam.GetProperty("last_seen").GetDateTimeOffset());
        Assert.Equal("KeyError", sam.GetProperty("last_error").GetProperty("name").GetString());
        Assert.Equal(Micros(Ago(39)), sam.GetProperty("last_error").GetProperty("time").GetDateTimeOffset());

        var kim = activity.Learner("learner-kim");
        Assert.Equal((2, 1, 0, 0), Numbers(kim));
        Assert.True(kim.GetProperty("active").GetBoolean());
        Assert.Equal("Other.ipynb", kim.GetProperty("last_error").GetProperty("notebook").GetString());
        Assert.Equal((0, 0, 0, 0), Numbers(activity.Learner("learner-pat")));
        Assert.Equal(JsonValueKind.Null, activity.Learner("learner-pat").GetProperty("last_error").ValueKind);

        Assert.Equal(["NameError", "KeyError"], activity.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("name").GetString()));
        var names = activity.ErrorNamed("NameError");
        Assert.Equal((2, 2), (names.GetProperty("count").GetInt32(), names.GetProperty("learners").GetInt32()));
        Assert.Equal("x Other.ipynb python name 'x' is not defined", string.Join(' ', new[] { "code", "notebook", "language", "value" }
            .Select(field => names.GetProperty("example").GetProperty(field).GetString())));
    }

    [Fact]
    public async Task The_timeline_has_equal_buckets_without_gaps_that_add_up()
    {
        var course = TelemetryApplication.NewCourse();
        await StoreAsync(
            course,
            ("sam", Sent.Execution(Ago(100), "NameError")),
            ("kim", Sent.Execution(Ago(100))),
            ("kim", Sent.Execution(Ago(50))),
            ("kim", Sent.Event("TutorQuestion", Ago(10))));
        var timeline = (await ViewAsync(course)).GetProperty("timeline").EnumerateArray().ToList();
        Assert.Equal(61, timeline.Count);
        var times = timeline.Select(bucket => bucket.GetProperty("time").GetDateTimeOffset()).ToList();
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(TimeSpan.FromMinutes(2), pair.Second - pair.First));
        Assert.InRange(times[^1], _now.AddMinutes(-2), TimeProvider.System.GetUtcNow());

        (int, int, int) At(double minutes) => timeline
            .Where(bucket => bucket.GetProperty("time").GetDateTimeOffset() is var start && start <= Ago(minutes) && Ago(minutes) < start.AddMinutes(2))
            .Select(bucket => (bucket.GetProperty("executions").GetInt32(), bucket.GetProperty("failures").GetInt32(), bucket.GetProperty("questions").GetInt32()))
            .Single();
        Assert.Equal((2, 1, 0), At(100));
        Assert.Equal((1, 0, 0), At(50));
        Assert.Equal((0, 0, 1), At(10));
        Assert.Equal(3, timeline.Sum(bucket => bucket.GetProperty("executions").GetInt32()));
    }

    [Theory]
    [InlineData("NameError NameError NameError", true)]
    [InlineData("NameError NameError", false)]
    [InlineData("NameError NameError KeyError", false)]
    [InlineData("KeyError NameError NameError NameError", true)]
    [InlineData("NameError NameError NameError ok", false)]
    [InlineData("NameError ok NameError NameError", false)]
    [InlineData("NameError NameError NameError other:ok", true)]
    [InlineData("NameError NameError other:NameError", false)]
    [InlineData("NameError NameError other:NameError NameError", true)]
    public async Task A_learner_is_stuck_after_three_failures_of_a_type_in_a_row_on_a_cell(string runs, bool stuck)
    {
        var course = TelemetryApplication.NewCourse();
        var steps = runs.Split(' ');
        await StoreAsync(course, [.. steps.Select((run, i) =>
        {
            var cell = run.StartsWith("other:", StringComparison.Ordinal) ? "c2" : "c1";
            var error = run[(run.IndexOf(':', StringComparison.Ordinal) + 1)..];
            return ("sam", Sent.Execution(Ago(20 - i), error == "ok" ? null : error, cell: cell));
        })]);
        var row = (await ViewAsync(course)).Learner("learner-sam");
        Assert.Equal(stuck, row.GetProperty("stuck").GetBoolean());
        Assert.Equal(stuck ? "The last 3 runs of one cell in Task.ipynb all failed with NameError." : null, row.GetProperty("stuck_reason").GetString());
    }

    [Fact]
    public async Task Stuck_learners_come_first_then_those_with_more_failures_in_a_row_then_those_seen_last()
    {
        var course = TelemetryApplication.NewCourse();
        await StoreAsync(course,
        [
            .. Enumerable.Range(0, 3).Select(i => ("stuck", Sent.Execution(Ago(25 - i), "NameError"))),
            .. Enumerable.Range(0, 5).Select(i => ("failing", Sent.Execution(Ago(20 - i), $"Error{i}"))),
            ("early", Sent.Execution(Ago(9))),
            ("late", Sent.Execution(Ago(2))),
            // Stuck once, but long ago.
            .. Enumerable.Range(0, 3).Select(i => ("left", Sent.Execution(Ago(60 - i), "NameError"))),
        ]);
        Assert.Equal(["learner-stuck", "learner-failing", "learner-left", "learner-late", "learner-early"], Learners(await ViewAsync(course)));
    }

    [Fact]
    public async Task An_execution_that_both_KernelService_and_pioneer_report_counts_once()
    {
        var course = TelemetryApplication.NewCourse();
        using var student = app.ClientFor(TestIdentity.Student("sam", course));
        string Failed(double minutesAgo, string notebook) => Sent.PioneerBody("CellExecuteEvent", Ago(minutesAgo), notebook: notebook);

        // Reported by both, whichever comes first, and with a browser's clock that is ten minutes slow.
        await student.SendTextAsync(Failed(0.1, "Both.ipynb")).IngestedAsync();
        await StoreAsync(course, ("sam", Sent.Execution(Ago(0), "NameError", notebook: "Both.ipynb", code: "from the kernel")));
        await student.SendTextAsync(Failed(10, "Both.ipynb")).IngestedAsync();
        // Seen by pioneer alone, in another notebook.
        await student.SendTextAsync(Failed(0.1, "Local.ipynb")).IngestedAsync();
        // The same as an extension's batch.
        await student.SendAsync(Sent.Event("CellExecuteEvent", Ago(0.2), JsonElement.Parse(Sent.Pioneer["CellExecuteEvent"]), "Both.ipynb")).IngestedAsync();

        Assert.Equal(4, await app.OneAsync<long>("SELECT count(*) FROM events WHERE course = $1 AND type = 'CellExecuteEvent'", course));
        Assert.Equal((2, 2, 2, 0), Numbers((await ViewAsync(course)).Learner("learner-sam")));
        var last = await student.GetAsync("/telemetry/learners/me/last-error?notebook=Both.ipynb").JsonAsync();
        Assert.Equal("from the kernel", last.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("PT5M", 1)]
    [InlineData("PT1H", 2)]
    [InlineData("P7D", 3)]
    public async Task The_window_decides_what_counts(string window, int executions)
    {
        var course = TelemetryApplication.NewCourse();
        await StoreAsync(course, ("sam", Sent.Execution(Ago(1))), ("sam", Sent.Execution(Ago(30))), ("sam", Sent.Execution(Ago(600))));
        var activity = await ViewAsync(course, $"?window={window}");
        Assert.Equal(window, activity.GetProperty("window").GetString());
        Assert.Equal(executions, activity.Learner("learner-sam").GetProperty("executions").GetInt32());
        Assert.InRange(activity.GetProperty("timeline").GetArrayLength(), 60, 61);
    }

    [Theory]
    [InlineData("PT59S")]
    [InlineData("P8D")]
    [InlineData("2h")]
    [InlineData("-PT2H")]
    [InlineData("P99999999999D")]
    public async Task A_window_out_of_bounds_answers_400_and_says_the_bounds(string window)
    {
        using var client = app.ClientFor(TestIdentity.Instructor());
        foreach (var path in new[] { "activity", "activity/stream" })
        {
            using var response = await client.GetAsync($"/telemetry/courses/default/{path}?window={window}");
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains("PT1M to P7D", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("activity")]
    [InlineData("activity/stream")]
    [InlineData("learners/learner-sam/events")]
    public async Task A_class_is_shown_to_its_instructors_and_the_owner_only(string path)
    {
        var course = TelemetryApplication.NewCourse();
        async Task<HttpStatusCode> StatusAsync(HttpClient client)
        {
            using (client)
            {
                using var response = await client.GetAsync(new Uri($"/telemetry/courses/{course}/{path}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
                return response.StatusCode;
            }
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app.Service.CreateClient()));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(app.ClientFor(TestIdentity.Student(course: course))));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(app.ClientFor(TestIdentity.Service())));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(app.ClientFor(TestIdentity.Instructor(course: "another"))));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app.ClientFor(TestIdentity.Instructor(course: course))));
        var owner = new CallerIdentity("owner", "Owner", "learner-owner", "another", [Roles.Owner]);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app.ClientFor(owner)));
    }

    private DateTimeOffset Ago(double minutes) => _now.AddMinutes(-minutes);

    /// <summary>PostgreSQL keeps microseconds.</summary>
    private static DateTimeOffset Micros(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMicrosecond), time.Offset);

    private static string[] Learners(JsonElement activity) =>
        [.. activity.GetProperty("learners").EnumerateArray().Select(row => row.GetProperty("learner").GetString()!)];

    private static (int, int, int, int) Numbers(JsonElement row) => (
        row.GetProperty("executions").GetInt32(), row.GetProperty("failures").GetInt32(),
        row.GetProperty("consecutive_failures").GetInt32(), row.GetProperty("questions").GetInt32());

    private async Task StoreAsync(string course, params (string Name, Dictionary<string, object?> Event)[] events)
    {
        using var service = app.ClientFor(TestIdentity.Service());
        Assert.Equal((events.Length, 0, ""), await service.SendAsync(events.Select(one => one.Event.Of(course, $"learner-{one.Name}"))).IngestedAsync());
    }

    private async Task<JsonElement> ViewAsync(string course, string query = "")
    {
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        return await instructor.GetAsync($"/telemetry/courses/{course}/activity{query}").JsonAsync();
    }
}
