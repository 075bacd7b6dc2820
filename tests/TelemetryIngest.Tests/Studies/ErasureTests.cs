using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.TelemetryIngest.Tests.Studies;

public sealed class ErasureTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task An_erased_learner_is_in_no_table_and_others_are_as_before()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(StudyCourse.Draft(), Sent.Execution(Now.AddMinutes(-1), "NameError"), Sent.Execution(Now.AddMinutes(-2)));
        var name = $"eve{Guid.NewGuid():N}";
        var eve = TestIdentity.Student(name, course.Course);
        var client = course.ClientFor(eve);
        await client.SendAsync(Sent.Execution(Now.AddMinutes(-1), "TypeError", code: "eve()"), Sent.Event("", Now), Sent.Event("TutorQuestion", Now.AddMinutes(-1))).IngestedAsync();
        await client.SendTextAsync("{\"eventDetail\": {\"eventName\": \"Notebook", "/telemetry/events?log=mine").IngestedAsync();
        await course.ConsentAsync(name, study);
        var export = await course.ExportAsync(study);
        Assert.Contains(await course.LinesAsync(export), line => line.Text("code") == "eve()");
        var subjects = await app.OneAsync<long>("SELECT count(*) FROM study_subjects WHERE study = $1", study.Id());
        Assert.NotEmpty(await TablesWithAsync(eve.Learner));

        var removed = (await EraseAsync(eve.Subject, eve.Learner, Now)).GetProperty("removed");
        Assert.Equal((2, 1, 1, 1, 1, 1), (Count("events"), Count("quarantine"), Count("logs"), Count("learners"), Count("study_consents"), Count("study_subjects")));
        Assert.Empty(await TablesWithAsync(eve.Learner));
        Assert.Empty(await TablesWithAsync(eve.Subject));
        Assert.Equal(0, await app.OneAsync<long>("SELECT count(*) FROM event_ids WHERE NOT EXISTS (SELECT FROM events WHERE events.id = event_ids.id)"));
        Assert.Equal(subjects - 1, await app.OneAsync<long>("SELECT count(*) FROM study_subjects WHERE study = $1", study.Id()));
        using var gone = await course.Instructor.GetAsync(StudyCourse.PathOf(export, "events.csv"));
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        Assert.Equal(4, (await course.LinesAsync(await course.ExportAsync(study))).Count);

        // Again there is nothing left to remove.
        Assert.Empty((await EraseAsync(eve.Subject, eve.Learner, Now)).GetProperty("removed").EnumerateObject());

        int Count(string table) => removed.TryGetProperty(table, out var rows) ? rows.GetInt32() : 0;
    }

    [Fact]
    public async Task What_waited_elsewhere_while_a_learner_was_erased_is_not_taken_and_what_happens_afterwards_is()
    {
        using var course = new StudyCourse(app);
        var eve = TestIdentity.Student($"eve{Guid.NewGuid():N}", course.Course);
        var service = course.ClientFor(TestIdentity.Service());
        var early = Sent.Execution(Now.AddSeconds(-30), code: "early()").Of(course.Course, eve.Learner);
        await service.SendAsync(early).IngestedAsync();
        await EraseAsync(eve.Subject, eve.Learner, Now);

        var other = Sent.Execution(Now.AddSeconds(-30)).Of(course.Course, "learner-other");
        var late = Sent.Execution(Now.AddSeconds(-20), code: "waited()").Of(course.Course, eve.Learner);
        var afterwards = Sent.Execution(Now.AddSeconds(1), code: "afterwards()").Of(course.Course, eve.Learner);
        var bad = Sent.Event("", Now.AddSeconds(-30)).Of(course.Course, eve.Learner);
        Assert.Equal((2, 2, "4"), await service.SendAsync(early, late, other, afterwards, bad).IngestedAsync());
        Assert.Equal("afterwards()", await app.OneAsync<string>("SELECT detail ->> 'code' FROM events WHERE learner = $1", eve.Learner));
        Assert.Equal(0, await app.OneAsync<long>("SELECT count(*) FROM quarantine WHERE learner = $1", eve.Learner));
    }

    [Fact]
    public async Task Only_services_erase_and_a_request_that_says_not_whom_is_refused()
    {
        using var course = new StudyCourse(app);
        foreach (var caller in (ServiceDefaults.Identity.CallerIdentity[])[TestIdentity.Student(course: course.Course), TestIdentity.Instructor(course: course.Course)])
        {
            using var refused = await course.ClientFor(caller).PostAsJsonAsync("/telemetry/erasures", new { subject = "a", learner = "b", requested_at = Now });
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using var vague = await course.ClientFor(TestIdentity.Service("gateway")).PostAsJsonAsync("/telemetry/erasures", new { subject = "a" });
        Assert.Equal(HttpStatusCode.BadRequest, vague.StatusCode);
    }

    [Fact]
    public async Task A_learner_has_everything_that_is_stored_and_nothing_of_others()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateAsync();
        await course.Student("ada").SendAsync(Sent.Execution(Now, code: "mine()")).IngestedAsync();
        await course.Student("bo").SendAsync(Sent.Execution(Now, code: "theirs()")).IngestedAsync();
        await course.ConsentAsync("ada", study);
        using var response = await course.Student("ada").GetAsync("/telemetry/learners/me/data");
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.MediaType);
        var text = await response.Content.ReadAsStringAsync();
        var rows = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).Where(row => !row.GetProperty("row").TryGetProperty("course", out var of) || of.GetString() == course.Course).ToList();
        Assert.Equal("mine()", rows.Single(row => row.Text("table") == "events").GetProperty("row").GetProperty("detail").Text("code"));
        Assert.Contains(rows, row => row.Text("table") == "study_consents" && row.GetProperty("row").GetProperty("study").GetGuid() == study.Id());
        Assert.DoesNotContain("theirs()", text, StringComparison.Ordinal);
    }

    private async Task<JsonElement> EraseAsync(string subject, string learner, DateTimeOffset until)
    {
        using var gateway = app.ClientFor(TestIdentity.Service("gateway"));
        return await gateway.PostAsJsonAsync("/telemetry/erasures", new { subject, learner, requested_at = until }).JsonAsync();
    }

    /// <summary>The tables of which any row says the text anywhere.</summary>
    private async Task<List<string>> TablesWithAsync(string text)
    {
        await using var data = NpgsqlDataSource.Create(app.Database);
        List<string> tables = [];
        await using (var list = data.CreateCommand("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"))
        await using (var rows = await list.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
            {
                tables.Add(rows.GetString(0));
            }
        }

        Assert.NotEmpty(tables);
        List<string> found = [];
        foreach (var table in tables)
        {
            if (await data.OneAsync<bool>($"SELECT EXISTS (SELECT FROM {table} AS row WHERE row::text LIKE '%' || $1 || '%')", text))
            {
                found.Add(table);
            }
        }

        return found;
    }
}
