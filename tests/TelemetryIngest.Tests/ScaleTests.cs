using System.Net;
using System.Text;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class ScaleTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task A_notebook_of_50_MB_is_stored_whole_where_it_may_be_and_refused_where_not()
    {
        const int Size = 50_000_000;
        var course = TelemetryApplication.NewCourse();
        var image = new string('A', 1_000_000);
        var cells = string.Join(',', Enumerable.Range(0, Size / image.Length).Select(i =>
            $$"""{"id":"c{{i}}","cell_type":"code","source":"plot({{i}})","outputs":[{"output_type":"display_data","data":{"image/png":"{{image}}"}}]}"""));
        var body = Sent.PioneerBody("NotebookSaveEvent", Now, content: $$"""{"cells":[{{cells}}],"metadata":{},"nbformat":4,"nbformat_minor":5}""");
        Assert.True(Encoding.UTF8.GetByteCount(body) > Size);

        using var small = app.ClientFor(TestIdentity.Student(course: course));
        // Told before it sends: else the service would hang up in the middle.
        small.DefaultRequestHeaders.ExpectContinue = true;
        using var refused = await small.SendTextAsync(body);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);

        await using var replica = await app.ReplicaAsync(new("Events:MaxBodySize", $"{64 << 20}"), new("Events:MaxBytesInWork", $"{256 << 20}"));
        using var large = replica.ClientFor(TestIdentity.Student(course: course));
        Assert.Equal((1, 0, ""), await large.SendTextAsync(body).IngestedAsync());
        Assert.Equal((0, 1, ""), await large.SendTextAsync(body).IngestedAsync());
        Assert.Equal(Size / image.Length, await app.OneAsync<int>("SELECT jsonb_array_length(detail #> '{notebookContent,cells}') FROM events WHERE course = $1", course));
        Assert.Equal(image.Length, await app.OneAsync<int>("SELECT length(detail #>> '{notebookContent,cells,49,outputs,0,data,image/png}') FROM events WHERE course = $1", course));

        // Nobody who looks at the events is sent it.
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        using var page = await instructor.GetAsync($"/telemetry/courses/{course}/learners/{TestIdentity.Student(course: course).Learner}/events");
        Assert.InRange((await page.Content.ReadAsByteArrayAsync()).Length, 1, 10_000);
    }

    [Fact]
    public async Task A_hundred_thousand_learners_are_kept_apart_and_the_class_view_stays_bounded()
    {
        const int Batches = 10;
        const int Batch = 10_000;
        var course = TelemetryApplication.NewCourse();
        using var service = app.ClientFor(TestIdentity.Service());
        var now = Now;
        for (var i = 0; i < Batches; i++)
        {
            var first = i * Batch;
            Assert.Equal(
                (Batch, 0, ""),
                await service.SendAsync(Enumerable.Range(first, Batch).Select(learner => Sent.Event("CellAddEvent", now, notebook: "a.ipynb").Of(course, $"learner-{learner:D6}"))).IngestedAsync());
        }

        Assert.Equal(Batches * Batch, await app.OneAsync<long>("SELECT count(*) FROM learners WHERE course = $1", course));
        Assert.Equal(Batches * Batch, await app.OneAsync<long>("SELECT count(DISTINCT learner) FROM events WHERE course = $1", course));
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        var view = await instructor.GetAsync($"/telemetry/courses/{course}/activity").JsonAsync();
        Assert.Equal(5000, view.GetProperty("learners").GetArrayLength());
        Assert.Single((await instructor.GetAsync($"/telemetry/courses/{course}/learners/learner-099999/events").JsonAsync()).GetProperty("events").EnumerateArray());
    }
}
