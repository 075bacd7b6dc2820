using System.Net;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class LearnerTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task The_last_error_is_the_callers_own_until_the_same_cell_succeeds()
    {
        var course = TelemetryApplication.NewCourse();
        using var sam = app.ClientFor(TestIdentity.Student("sam", course));
        using var kim = app.ClientFor(TestIdentity.Student("kim", course));
        Assert.Null(await LastErrorAsync(sam));

        await sam.SendAsync(Sent.Execution(_now.AddMinutes(-9), "NameError", code: "df.head()", value: "name 'df' is not defined")).IngestedAsync();
        await sam.SendAsync(Sent.Execution(_now.AddMinutes(-8), cell: "c2")).IngestedAsync();
        await kim.SendAsync(Sent.Execution(_now.AddMinutes(-1), "KeyError")).IngestedAsync();
        var error = (await LastErrorAsync(sam, "?notebook=Task.ipynb"))!.Value;
        Assert.Equal("NameError", error.GetProperty("name").GetString());
        Assert.Equal("name 'df' is not defined", error.GetProperty("value").GetString());
        Assert.Equal("df.head()", error.GetProperty("code").GetString());
        Assert.Equal("python", error.GetProperty("language").GetString());
        Assert.Equal("Task.ipynb", error.GetProperty("notebook").GetString());
        Assert.Equal("c1", error.GetProperty("cell").GetString());
        Assert.Equal(["NameError: name 'df' is not defined"], error.GetProperty("traceback").EnumerateArray().Select(line => line.GetString()));
        Assert.NotNull(await LastErrorAsync(sam));
        Assert.Null(await LastErrorAsync(sam, "?notebook=Other.ipynb"));

        await sam.SendAsync(Sent.Execution(_now.AddMinutes(-7))).IngestedAsync();
        Assert.Null(await LastErrorAsync(sam));
        Assert.NotNull(await LastErrorAsync(kim));
    }

    [Fact]
    public async Task Recent_activity_is_the_callers_own_with_the_most_frequent_errors_first()
    {
        var course = TelemetryApplication.NewCourse();
        using var sam = app.ClientFor(TestIdentity.Student("sam", course));
        using var kim = app.ClientFor(TestIdentity.Student("kim", course));
        await sam.SendAsync(Sent.Execution(_now.AddMinutes(-90), "TypeError")).IngestedAsync();
        await sam.SendAsync(Sent.Execution(_now.AddMinutes(-9), "KeyError")).IngestedAsync();
        await sam.SendAsync(Sent.Execution(_now.AddMinutes(-8), "NameError")).IngestedAsync();
        await sam.SendAsync(Sent.Execution(_now.AddMinutes(-7), "NameError")).IngestedAsync();
        await sam.SendAsync(Sent.Execution(_now.AddMinutes(-6))).IngestedAsync();
        await kim.SendAsync(Sent.Execution(_now.AddMinutes(-5), "IndexError")).IngestedAsync();

        var activity = JsonElement.Parse(await sam.GetStringAsync(new Uri("/telemetry/learners/me/activity?notebook=Task.ipynb", UriKind.Relative)));
        Assert.Equal((4, 3), (activity.GetProperty("executions").GetInt32(), activity.GetProperty("failures").GetInt32()));
        Assert.Equal(["NameError 2", "KeyError 1"], activity.GetProperty("errors").EnumerateArray().Select(error => $"{error.GetProperty("name").GetString()} {error.GetProperty("count").GetInt32()}"));
        var elsewhere = JsonElement.Parse(await sam.GetStringAsync(new Uri("/telemetry/learners/me/activity?notebook=Other.ipynb", UriKind.Relative)));
        Assert.Equal(0, elsewhere.GetProperty("executions").GetInt32());
    }

    [Fact]
    public async Task A_long_traceback_keeps_its_end_and_long_code_its_start()
    {
        using var sam = app.ClientFor(TestIdentity.Student("sam", TelemetryApplication.NewCourse()));
        await sam.SendAsync(Sent.Event("CellExecute", _now, new
        {
            language = "python",
            code = new string('x', 50_000),
            success = false,
            error = new { name = "RecursionError", value = "deep", traceback = Enumerable.Range(0, 3000).Select(i => $"line {i}") },
        })).IngestedAsync();
        var error = (await LastErrorAsync(sam))!.Value;
        Assert.Equal("line 2999", error.GetProperty("traceback").EnumerateArray().Last().GetString());
        Assert.Equal(100, error.GetProperty("traceback").GetArrayLength());
        Assert.Equal(20_000, error.GetProperty("code").GetString()!.Length);
    }

    [Fact]
    public async Task A_failure_without_an_error_is_still_a_failure()
    {
        using var sam = app.ClientFor(TestIdentity.Student("sam", TelemetryApplication.NewCourse()));
        await sam.SendAsync(Sent.Event("CellExecute", _now, new { success = false })).IngestedAsync();
        var error = (await LastErrorAsync(sam))!.Value;
        Assert.Equal("Error", error.GetProperty("name").GetString());
        Assert.Equal(0, error.GetProperty("traceback").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, error.GetProperty("notebook").ValueKind);
    }

    [Fact]
    public async Task A_learners_events_are_paged_newest_first_without_gap_or_repetition()
    {
        var course = TelemetryApplication.NewCourse();
        using var sam = app.ClientFor(TestIdentity.Student("sam", course));
        // Many at the same instant, so that the time alone cannot tell where a page ends.
        var events = Enumerable.Range(0, 60).Select(i => Sent.Event("CellAddEvent", _now.AddSeconds(-(i / 10)), new { i }, "Task.ipynb", "c1")).ToList();
        await sam.SendAsync(events).IngestedAsync();

        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        List<JsonElement> read = [];
        string? next = null;
        do
        {
            var page = await instructor.GetAsync($"/telemetry/courses/{course}/learners/learner-sam/events?limit=7{(next is null ? "" : $"&before={Uri.EscapeDataString(next)}")}").JsonAsync();
            Assert.InRange(page.GetProperty("events").GetArrayLength(), 1, 7);
            read.AddRange(page.GetProperty("events").EnumerateArray());
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        Assert.Equal(60, read.Count);
        Assert.Equal(events.Select(one => (Guid)one["id"]!).Order(), read.Select(one => one.GetProperty("id").GetGuid()).Order());
        var times = read.Select(one => one.GetProperty("time").GetDateTimeOffset()).ToList();
        Assert.Equal(times.OrderDescending(), times);
        Assert.Equal(0, read[^1].GetProperty("detail").GetProperty("i").GetInt32() / 10 - 5);
        Assert.Equal(("CellAddEvent", "Task.ipynb", "c1", "batch"), (
            read[0].GetProperty("type").GetString(), read[0].GetProperty("notebook").GetString(),
            read[0].GetProperty("cell").GetString(), read[0].GetProperty("source").GetString()));

        var before = Uri.EscapeDataString(_now.AddSeconds(-4).ToString("O"));
        var older = await instructor.GetAsync($"/telemetry/courses/{course}/learners/learner-sam/events?before={before}").JsonAsync();
        Assert.All(older.GetProperty("events").EnumerateArray(), one => Assert.True(one.GetProperty("time").GetDateTimeOffset() < _now.AddSeconds(-4)));
    }

    [Fact]
    public async Task Whole_notebooks_are_left_out_of_a_learners_events()
    {
        var course = TelemetryApplication.NewCourse();
        using var sam = app.ClientFor(TestIdentity.Student("sam", course));
        await sam.SendTextAsync(Sent.PioneerBody("CellExecuteEvent", _now, content: Sent.WholeNotebook)).IngestedAsync();
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        var page = await instructor.GetAsync($"/telemetry/courses/{course}/learners/learner-sam/events").JsonAsync();
        var detail = page.GetProperty("events")[0].GetProperty("detail");
        Assert.False(detail.TryGetProperty("notebookContent", out _));
        Assert.False(detail.GetProperty("success").GetBoolean());
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=many")]
    [InlineData("before=then")]
    [InlineData("before=2026-01-31T12:00:00Z,seven")]
    public async Task A_page_that_cannot_be_answers_400(string query)
    {
        using var instructor = app.ClientFor(TestIdentity.Instructor());
        using var response = await instructor.GetAsync($"/telemetry/courses/default/learners/learner-sam/events?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static async Task<JsonElement?> LastErrorAsync(HttpClient client, string query = "")
    {
        using var response = await client.GetAsync($"/telemetry/learners/me/last-error{query}");
        return response.StatusCode == HttpStatusCode.NoContent ? null : await response.JsonAsync();
    }
}
