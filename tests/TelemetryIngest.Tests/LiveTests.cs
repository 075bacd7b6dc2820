using System.Net;
using System.Text.Json;
using Lyceum.TelemetryIngest.Activity;
using Lyceum.TelemetryIngest.Live;
using Lyceum.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class LiveTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task The_stream_begins_with_the_whole_class_and_tells_what_changes()
    {
        var course = TelemetryApplication.NewCourse();
        using var sam = app.ClientFor(TestIdentity.Student("sam", course));
        using var kim = app.ClientFor(TestIdentity.Student("kim", course));
        await sam.SendAsync(Sent.Execution(Now)).IngestedAsync();

        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        await using var stream = await LiveStream.OpenAsync(instructor, course);
        var (first, activity) = await stream.NextAsync();
        Assert.Equal("activity", first);
        var polled = await instructor.GetAsync($"/telemetry/courses/{course}/activity").JsonAsync();
        Assert.True(JsonElement.DeepEquals(polled.Learner("learner-sam"), activity.Learner("learner-sam")));

        for (var i = 1; i <= 3; i++)
        {
            await kim.SendAsync(Sent.Execution(Now, "NameError", code: $"run {i}")).IngestedAsync();
            var row = await stream.NextAsync("learner", row => row.GetProperty("failures").GetInt32() == i);
            Assert.Equal("learner-kim", row.GetProperty("learner").GetString());
            Assert.Equal($"run {i}", row.GetProperty("last_error").GetProperty("code").GetString());
            Assert.Equal(i == 3, row.GetProperty("stuck").GetBoolean());
        }

        var summary = await stream.NextAsync("summary", summary => summary.GetProperty("errors").GetArrayLength() == 1 && summary.ErrorNamed("NameError").GetProperty("count").GetInt32() == 3);
        Assert.Equal(4, summary.GetProperty("timeline").EnumerateArray().Sum(bucket => bucket.GetProperty("executions").GetInt32()));
        Assert.InRange(summary.GetProperty("as_of").GetDateTimeOffset(), Now.AddMinutes(-1), Now);
    }

    [Fact]
    public async Task The_stream_tells_when_what_is_derived_can_be_asked_for()
    {
        var course = TelemetryApplication.NewCourse();
        using var sam = app.ClientFor(TestIdentity.Student("sam", course));
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        await using var stream = await LiveStream.OpenAsync(instructor, course);
        await stream.NextAsync("activity");

        await sam.SendAsync(Sent.Execution(Now)).IngestedAsync();

        // Of what else may have been derived the stream tells as well.
        JsonElement progress;
        do
        {
            await stream.NextAsync("derived");
            progress = await instructor.GetAsync($"/telemetry/courses/{course}/progress").JsonAsync();
        }
        while (progress.GetProperty("learners").GetArrayLength() == 0);

        Assert.Equal("learner-sam", progress.GetProperty("learners")[0].GetProperty("learner").GetString());
    }

    [Fact]
    public async Task What_one_replica_takes_the_other_shows()
    {
        var course = TelemetryApplication.NewCourse();
        await using var replica = await app.ReplicaAsync();
        using var here = app.ClientFor(TestIdentity.Student("sam", course));
        using var there = replica.ClientFor(TestIdentity.Student("kim", course));
        using var watchHere = app.ClientFor(TestIdentity.Instructor(course: course));
        using var watchThere = replica.ClientFor(TestIdentity.Instructor(course: course));
        await using var streamHere = await LiveStream.OpenAsync(watchHere, course);
        await using var streamThere = await LiveStream.OpenAsync(watchThere, course);
        await streamHere.NextAsync("activity");
        await streamThere.NextAsync("activity");

        foreach (var (sender, stream, learner) in new[] { (here, streamThere, "learner-sam"), (there, streamHere, "learner-kim") })
        {
            await sender.SendAsync(Sent.Execution(Now)).IngestedAsync();
            await stream.NextAsync("learner", row => row.GetProperty("learner").GetString() == learner && row.GetProperty("executions").GetInt32() == 1);
        }
    }

    [Fact]
    public async Task A_course_hears_nothing_of_another_and_a_silent_stream_has_a_heartbeat()
    {
        var course = TelemetryApplication.NewCourse();
        await using var replica = await app.ReplicaAsync(new KeyValuePair<string, string?>("Live:Heartbeat", "00:00:01"));
        using var elsewhere = app.ClientFor(TestIdentity.Student(course: TelemetryApplication.NewCourse()));
        using var instructor = replica.ClientFor(TestIdentity.Instructor(course: course));
        await using var stream = await LiveStream.OpenAsync(instructor, course);
        await stream.NextAsync("activity");
        await elsewhere.SendAsync(Sent.Execution(Now)).IngestedAsync();
        List<string> heard = [];
        while (heard.Count(name => name == "heartbeat") < 2)
        {
            heard.Add((await stream.NextAsync()).Event);
        }

        Assert.DoesNotContain("learner", heard);
    }

    [Fact]
    public async Task A_learner_who_does_nothing_more_ceases_to_be_active_and_then_leaves_the_window()
    {
        var course = TelemetryApplication.NewCourse();
        await using var replica = await app.ReplicaAsync(new("Activity:ActiveFor", "00:00:10"), new("Live:ReloadInterval", "00:00:01"));
        using var sam = replica.ClientFor(TestIdentity.Student("sam", course));
        using var kim = replica.ClientFor(TestIdentity.Student("kim", course));
        using var instructor = replica.ClientFor(TestIdentity.Instructor(course: course));
        await sam.SendAsync(Sent.Execution(Now.AddSeconds(-7))).IngestedAsync();
        await kim.SendAsync(Sent.Execution(Now.AddSeconds(-55))).IngestedAsync();

        await using var stream = await LiveStream.OpenAsync(instructor, course, "?window=PT1M");
        var first = await stream.NextAsync("activity");
        Assert.True(first.Learner("learner-sam").GetProperty("active").GetBoolean());
        Assert.Equal(2, first.GetProperty("learners").GetArrayLength());
        await stream.NextAsync("learner", row => row.GetProperty("learner").GetString() == "learner-sam" && !row.GetProperty("active").GetBoolean());
        var later = await stream.NextAsync("activity");
        Assert.Equal(1, later.GetProperty("learners").GetArrayLength());
    }

    [Fact]
    public async Task A_burst_is_put_together_and_ends_in_the_right_numbers()
    {
        var course = TelemetryApplication.NewCourse();
        using var sam = app.ClientFor(TestIdentity.Student("sam", course));
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        await using var stream = await LiveStream.OpenAsync(instructor, course);
        await stream.NextAsync("activity");
        var sending = Task.WhenAll(Enumerable.Range(0, 200).Select(_ => sam.SendAsync(Sent.Execution(Now)).IngestedAsync()));
        var rows = 0;
        await stream.NextAsync("learner", row =>
        {
            rows++;
            return row.GetProperty("executions").GetInt32() == 200;
        });
        await sending;
        Assert.InRange(rows, 1, 100);
    }

    [Fact]
    public async Task Streams_beyond_the_limit_answer_503_and_a_closed_one_makes_room()
    {
        await using var replica = await app.ReplicaAsync(new KeyValuePair<string, string?>("Live:MaxStreams", "1"));
        using var instructor = replica.ClientFor(TestIdentity.Instructor());
        await using (await LiveStream.OpenAsync(instructor, "default"))
        {
            using var refused = await instructor.GetAsync("/telemetry/courses/default/activity/stream");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        await Calls.UntilAsync(
            async () =>
            {
                using var response = await instructor.GetAsync(new Uri("/telemetry/courses/default/activity/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
                return response.IsSuccessStatusCode;
            },
            TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_service_that_stops_ends_its_streams_without_an_error()
    {
        var replica = await app.ReplicaAsync();
        await using (replica)
        {
            using var instructor = replica.ClientFor(TestIdentity.Instructor());
            await using var stream = await LiveStream.OpenAsync(instructor, "default");
            await stream.NextAsync("activity");
            // The place of a client that is slow to take its last bytes: it leaves after the watch has ended.
            var slow = replica.Services.GetRequiredService<CourseWatches>().Join("default", ActivityWindow.Default)!;
            await replica.Services.GetRequiredService<IHost>().StopAsync();
            await stream.EndAsync();
            slow.Leave();
        }

        Assert.Empty(replica.Errors);
    }
}
