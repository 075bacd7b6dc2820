using System.Globalization;
using System.Net;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class ReportTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private readonly string _course = TelemetryApplication.NewCourse();
    private readonly DateTimeOffset _start = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-20).AddHours(9), TimeSpan.Zero);

    private string Day => _start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private string Span => $"from={Day}T00:00:00Z&to={Day}T23:59:59Z";

    [Fact]
    public async Task The_text_report_counts_questions_answers_students_files_classes_and_groups()
    {
        await StoreAsync();
        var text = await ReportAsync($"{Span}&format=text", "text/plain");
        Assert.Equal(
            $"""
            Report of {_course}
            Total questions: 4
            Total responses: 2
            Total students: 2
            Date range: {Day} 09:10 to {Day} 09:40 UTC

            Top students:
              learner-ada: 3
              learner-bo: 1

            Top files:
              Task.ipynb: 3
              (none named): 1

            Classification:
              executive (75%): 3
              instrumental (25%): 1

            Students per experiment group:
              hints control: 1
              hints firm: 1

            """,
            text.Replace(" %", "%", StringComparison.Ordinal),
            ignoreLineEndingDifferences: true);
        Assert.Contains("Total questions: 0", await ReportAsync("format=text", "text/plain"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_shows_the_session_and_what_students_wrote_is_text_in_it()
    {
        await StoreAsync();
        var page = await ReportAsync($"{Span}&notebook=Task.ipynb", "text/html");
        Assert.Contains("<dt class=\"muted\">Runs</dt><dd>3</dd>", page, StringComparison.Ordinal);
        Assert.Contains("<td>EvilError</td><td class=\"n\">1</td><td class=\"n\">1</td><td>&lt;script&gt;alert(1)&lt;/script&gt;</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains("<td>executive</td><td class=\"n\">3</td>", page, StringComparison.Ordinal);
        Assert.Contains("@media print", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_says_what_it_cannot_give_and_is_for_instructors()
    {
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: _course));
        foreach (var query in new[] { "format=pdf", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from=2020-01-01T00:00:00Z" })
        {
            using var refused = await instructor.GetAsync($"/telemetry/courses/{_course}/report?{query}");
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        using var student = app.ClientFor(TestIdentity.Student(course: _course));
        using var forbidden = await student.GetAsync($"/telemetry/courses/{_course}/report");
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
    }

    private async Task<string> ReportAsync(string query, string mediaType)
    {
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: _course));
        using var response = await instructor.GetAsync($"/telemetry/courses/{_course}/report?{query}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(mediaType, response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task StoreAsync()
    {
        await using var replica = await app.ReplicaAsync(new KeyValuePair<string, string?>("Events:MaxClockError", "30.00:00:00"));
        using var service = replica.ClientFor(TestIdentity.Service());
        Dictionary<string, object?> At(string learner, int minutes, string type, object detail, string? notebook = "Task.ipynb") =>
            Sent.Event(type, _start.AddMinutes(minutes), detail, notebook).Of(_course, $"learner-{learner}");
        Dictionary<string, object?>[] events =
        [
            At("ada", 10, "TutorQuestion", new { @class = "executive" }),
            At("ada", 20, "TutorQuestion", new { @class = "executive" }),
            At("ada", 30, "TutorQuestion", new { @class = "instrumental" }, notebook: null),
            At("bo", 40, "TutorQuestion", new { @class = "executive" }),
            At("ada", 11, "TutorAnswer", new { outcome = "done" }),
            At("ada", 21, "TutorAnswer", new { outcome = "failed" }),
            At("bo", 41, "TutorAnswer", new { outcome = "done" }),
            At("ada", 11, "TutorExposure", new { experiment = "hints", arm = "firm" }),
            At("ada", 21, "TutorExposure", new { experiment = "hints", arm = "firm" }),
            At("bo", 41, "TutorExposure", new { experiment = "hints", arm = "control" }),
            Sent.Execution(_start, "NameError").Of(_course, "learner-ada"),
            Sent.Execution(_start.AddMinutes(1)).Of(_course, "learner-ada"),
            Sent.Execution(_start.AddMinutes(2), "EvilError", value: "<script>alert(1)</script>").Of(_course, "learner-bo"),
        ];
        Assert.Equal((events.Length, 0, ""), await service.SendAsync(events).IngestedAsync());
    }
}
