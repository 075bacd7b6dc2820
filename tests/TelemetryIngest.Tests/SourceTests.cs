using System.Net;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class SourceTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private const string Key = "a2V5IG9mIHRoZSBjb3Vyc2U";

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Theory]
    [InlineData("params.course", "/telemetry/events")]
    [InlineData("env.WORKSPACE_ID", "/telemetry/events")]
    [InlineData("?user", "/telemetry/events?user=w1")]
    public async Task The_learner_that_a_source_names_is_stored_as_a_pseudonym_of_the_course(string field, string path)
    {
        var course = TelemetryApplication.NewCourse();
        using var source = app.ClientFor(Source(course, field));
        Assert.Equal((1, 0, ""), await source.SendTextAsync(Sent.PioneerBody("NotebookSaveEvent", Now), path).IngestedAsync());
        Assert.Matches("^[0-9a-f]{32}$", await app.OneAsync<string>("SELECT learner FROM events WHERE course = $1", course));
        Assert.Equal(0, await app.OneAsync<long>("SELECT count(*) FROM events AS e WHERE course = $1 AND e::text ~ 'w1|another'", course));
    }

    [Fact]
    public async Task The_same_name_is_the_same_learner_in_every_format_and_another_one_under_another_courses_key()
    {
        var course = TelemetryApplication.NewCourse();
        using var source = app.ClientFor(Source(course, "user"));
        using var elsewhere = app.ClientFor(Source(course, "user", "YW5vdGhlciBrZXk"));
        var events = new[] { Sent.Event("Own", Now).With("user", "ada"), Sent.Event("Own", Now).With("user", "bo") };
        Assert.Equal((2, 0, ""), await source.SendAsync(events).IngestedAsync());
        var lines = FormatTests.FileExporter("CellAddEvent", "Task.ipynb").Split('\n').Select(line => new { log = line, user = "ada" });
        Assert.Equal((1, 0, ""), await source.SendTextAsync(JsonSerializer.Serialize(lines)).IngestedAsync());
        Assert.Equal(2, await app.OneAsync<long>("SELECT count(DISTINCT learner) FROM events WHERE course = $1", course));
        Assert.Equal((1, 0, ""), await elsewhere.SendAsync(Sent.Event("Own", Now).With("user", "ada")).IngestedAsync());
        Assert.Equal(3, await app.OneAsync<long>("SELECT count(DISTINCT learner) FROM events WHERE course = $1", course));
    }

    [Fact]
    public async Task An_event_that_names_nobody_is_rejected_and_a_learner_field_of_its_own_counts_for_nothing()
    {
        var course = TelemetryApplication.NewCourse();
        using var source = app.ClientFor(Source(course, "user"));
        Assert.Equal((1, 0, "0 2"), await source.SendAsync(
            Sent.Event("Own", Now).With("learner", "learner-sam"),
            Sent.Event("Own", Now).With("learner", "learner-sam").With("user", 17),
            Sent.Event("Own", Now).With("user", new string('x', 300))).IngestedAsync());
        Assert.Equal(0, await app.OneAsync<long>("SELECT count(*) FROM events WHERE course = $1 AND learner = 'learner-sam'", course));
    }

    [Fact]
    public async Task A_key_used_for_another_course_answers_403_and_stores_nothing()
    {
        var course = TelemetryApplication.NewCourse();
        using var source = app.ClientFor(Source(course, "user"));
        var good = Sent.Event("Own", Now).With("user", "ada");
        using var named = await source.SendAsync(good, good.With("course", "elsewhere"));
        Assert.Equal(HttpStatusCode.Forbidden, named.StatusCode);
        using var asked = await source.SendTextAsync(JsonSerializer.Serialize(good), "/telemetry/courses/elsewhere/events");
        Assert.Equal(HttpStatusCode.Forbidden, asked.StatusCode);
        Assert.Equal(0, await app.OneAsync<long>("SELECT count(*) FROM events WHERE course IN ($1, 'elsewhere')", course));
        Assert.Equal((1, 0, ""), await source.SendTextAsync(JsonSerializer.Serialize(good.With("course", course)), $"/telemetry/courses/{course}/events").IngestedAsync());
    }

    [Theory]
    [InlineData("learners/me/last-error")]
    [InlineData("courses/default/activity")]
    [InlineData("courses/default/learners/learner-sam/events")]
    public async Task A_source_reads_nothing(string path)
    {
        using var source = app.ClientFor(Source("default", "user"));
        using var response = await source.GetAsync($"/telemetry/{path}");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private static CallerIdentity Source(string course, string field, string key = Key) =>
        new("source:1", "hub", "", course, [Roles.Source, Roles.SendsEvents]) { Source = new LearnerSource(field, key) };
}
