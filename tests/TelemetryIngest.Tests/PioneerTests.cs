using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class PioneerTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    public static IEnumerable<object[]> Bodies => Sent.Pioneer.Keys.SelectMany(name => new object[][] { [name, false], [name, true] });

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Every_event_of_the_remote_exporter_is_stored_as_the_callers(string name, bool whole)
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var time = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

        var body = Sent.PioneerBody(name, time, content: whole ? Sent.WholeNotebook : null);
        Assert.Equal((1, 0, ""), await client.SendTextAsync(body).IngestedAsync());

        const string Where = "FROM events WHERE course = $1 AND learner = 'learner-sam' AND source = 'pioneer' AND notebook = 'Task.ipynb' AND session = '6f0c'";
        Assert.Equal(name, await app.OneAsync<string>($"SELECT type {Where}", course));
        Assert.Equal(time.UtcDateTime, await app.OneAsync<DateTime>($"SELECT occurred_at {Where}", course));
        var detail = JsonElement.Parse(await app.OneAsync<string>($"SELECT coalesce(detail, 'null')::text {Where}", course));
        var sent = JsonElement.Parse(Sent.Pioneer[name]);
        Assert.Equal(whole, detail.ValueKind == JsonValueKind.Object && detail.TryGetProperty("notebookContent", out _));
        if (sent.ValueKind == JsonValueKind.Object)
        {
            var kept = sent.EnumerateObject().Where(field => field.Name is not ("environ" or "kernelError"));
            Assert.All(kept, field => Assert.True(JsonElement.DeepEquals(field.Value, detail.GetProperty(field.Name))));
        }
    }

    [Fact]
    public async Task The_hour_that_an_s3_exporter_adds_to_the_path_changes_nothing()
    {
        using var client = app.ClientFor(TestIdentity.Student(course: TelemetryApplication.NewCourse()));
        var body = Sent.PioneerBody("NotebookSaveEvent", TimeProvider.System.GetUtcNow());
        Assert.Equal((1, 0, ""), await client.SendTextAsync(body, "/telemetry/events/2026/01/31/09").IngestedAsync());
        Assert.Equal((0, 1, ""), await client.SendTextAsync(body).IngestedAsync());
    }

    [Fact]
    public async Task The_same_body_from_another_learner_is_another_event()
    {
        var course = TelemetryApplication.NewCourse();
        using var sam = app.ClientFor(TestIdentity.Student("sam", course));
        using var kim = app.ClientFor(TestIdentity.Student("kim", course));
        var body = Sent.PioneerBody("NotebookSaveEvent", TimeProvider.System.GetUtcNow());
        Assert.Equal((1, 0, ""), await sam.SendTextAsync(body).IngestedAsync());
        Assert.Equal((1, 0, ""), await kim.SendTextAsync(body).IngestedAsync());
    }

    [Fact]
    public async Task The_servers_environment_and_the_exporters_parameters_never_reach_the_database()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student(course: course));
        var time = TimeProvider.System.GetUtcNow();
        await client.SendTextAsync(Sent.PioneerBody("NotebookOpenEvent", time)).IngestedAsync();
        // Deeper down, in another case, and in an event that is refused and so goes to quarantine.
        await client.SendTextAsync(Sent.PioneerBody("NotebookOpenEvent", time, """{"more":[{"Environ":{"DB_PASSWORD":"correct-horse-battery"}}]}""")).IngestedAsync();
        var refused = Sent.PioneerBody("NotebookOpenEvent", time).Replace("\"eventName\":\"NotebookOpenEvent\"", "\"eventName\":7", StringComparison.Ordinal);
        Assert.Equal((0, 0, "0"), await client.SendTextAsync(refused).IngestedAsync());

        Assert.Equal(2, await app.OneAsync<long>("SELECT count(*) FROM events WHERE course = $1", course));
        Assert.Equal(1, await app.OneAsync<long>("SELECT count(*) FROM quarantine WHERE course = $1", course));
        Assert.Equal(0, await app.OneAsync<long>(
            """
            SELECT (SELECT count(*) FROM events e WHERE e::text ~* 'environ|correct-horse|do-not-keep|WORKSPACE_ID')
                 + (SELECT count(*) FROM quarantine q WHERE q::text ~* 'environ|correct-horse|do-not-keep|WORKSPACE_ID')
            """));
    }

    [Fact]
    public async Task The_class_view_counts_a_failure_that_only_pioneer_saw_with_the_code_of_the_whole_notebook()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var now = TimeProvider.System.GetUtcNow();
        await client.SendTextAsync(Sent.PioneerBody("CellExecuteEvent", now, content: Sent.WholeNotebook)).IngestedAsync();
        await client.SendTextAsync(Sent.PioneerBody("CellExecuteEvent", now, """{"cells":[{"id":"m1","index":1,"type":"markdown"}],"success":true}""")).IngestedAsync();

        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        var row = (await instructor.GetAsync($"/telemetry/courses/{course}/activity").JsonAsync()).Learner("learner-sam");
        Assert.Equal(1, row.GetProperty("executions").GetInt32());
        Assert.Equal(1, row.GetProperty("failures").GetInt32());
        var error = row.GetProperty("last_error");
        Assert.Equal("NameError", error.GetProperty("name").GetString());
        Assert.Equal("import pandas\ndf.head()", error.GetProperty("code").GetString());
        Assert.Equal("python", error.GetProperty("language").GetString());
        Assert.Equal("a1", error.GetProperty("cell").GetString());
        Assert.Equal("NameError: name 'df' is not defined", error.GetProperty("traceback")[0].GetString());
    }
}
