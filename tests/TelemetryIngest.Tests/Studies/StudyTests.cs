using System.Net;
using System.Net.Http.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests.Studies;

public sealed class StudyTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Theory]
    [InlineData("title", "")]
    [InlineData("information", null)]
    [InlineData("to", "2001-01-01T00:00:00Z")]
    [InlineData("from", null)]
    [InlineData("event_types", new string[0])]
    [InlineData("event_types", new[] { "not a type" })]
    [InlineData("quasi_identifiers", new[] { "shoe_size" })]
    [InlineData("k", 1)]
    [InlineData("keep_until", "2001-01-01T00:00:00Z")]
    public async Task A_study_that_cannot_be_is_refused_by_its_field(string field, object? value)
    {
        using var course = new StudyCourse(app);
        using var response = await course.Instructor.PostAsJsonAsync(course.Studies, StudyCourse.Draft().With(field, value));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>();
        Assert.Equal(field, problem.GetProperty("errors").EnumerateObject().Single().Name);
    }

    [Fact]
    public async Task A_study_of_relative_times_has_no_quasi_identifiers_that_are_dates()
    {
        using var course = new StudyCourse(app);
        var draft = StudyCourse.Draft().With("relative_times", true);
        using var response = await course.Instructor.PostAsJsonAsync(course.Studies, draft.With("quasi_identifiers", new[] { "active_days", "last_day" }));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>();
        Assert.Equal("relative_times", problem.GetProperty("errors").EnumerateObject().Single().Name);
        await course.CreateAsync(draft.With("quasi_identifiers", new[] { "active_days" }));
    }

    [Fact]
    public async Task Studies_are_for_the_courses_instructors_and_the_owner_alone()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateAsync();
        var owner = course.ClientFor(new CallerIdentity("owner", "Owner", "learner-owner", "elsewhere", [Roles.Owner, Roles.Instructor]));
        Assert.Equal(study.Id(), (await owner.GetAsync($"{course.Studies}/{study.Id()}").JsonAsync()).Id());
        foreach (var caller in (CallerIdentity[])[TestIdentity.Student(course: course.Course), TestIdentity.Instructor(course: "another"), TestIdentity.Service()])
        {
            using var list = await course.ClientFor(caller).GetAsync(course.Studies);
            Assert.Equal(HttpStatusCode.Forbidden, list.StatusCode);
            using var export = await course.ClientFor(caller).PostAsJsonAsync($"{course.Studies}/{study.Id()}/exports", new { });
            Assert.Equal(HttpStatusCode.Forbidden, export.StatusCode);
        }

        using var elsewhere = await owner.GetAsync($"/telemetry/courses/another/studies/{study.Id()}");
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }

    [Fact]
    public async Task Learners_are_offered_the_studies_of_their_course_and_see_what_they_decided()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateAsync();
        var offered = (await course.Student("ada").GetAsync("/telemetry/studies").JsonAsync()).GetProperty("studies").EnumerateArray().Single();
        Assert.Equal(study.Id(), offered.Id());
        Assert.Equal("What you run and the errors that you meet are analysed.", offered.Text("information"));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, offered.GetProperty("consent").ValueKind);

        await course.ConsentAsync("ada", study);
        offered = (await course.Student("ada").GetAsync("/telemetry/studies").JsonAsync()).GetProperty("studies")[0];
        Assert.True(offered.GetProperty("consent").GetProperty("given").GetBoolean());
        Assert.Equal(1, (await course.Instructor.GetAsync($"{course.Studies}/{study.Id()}").JsonAsync()).GetProperty("consenting").GetInt32());

        await course.ConsentAsync("ada", study, given: false);
        offered = (await course.Student("ada").GetAsync("/telemetry/studies").JsonAsync()).GetProperty("studies")[0];
        Assert.False(offered.GetProperty("consent").GetProperty("given").GetBoolean());
        Assert.Equal(0, (await course.Instructor.GetAsync($"{course.Studies}/{study.Id()}").JsonAsync()).GetProperty("consenting").GetInt32());

        using var elsewhere = await course.ClientFor(TestIdentity.Student("cy", "another")).PutAsJsonAsync($"/telemetry/studies/{study.Id()}/consent", new { version = 1, given = true });
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        using var vague = await course.Student("ada").PutAsJsonAsync($"/telemetry/studies/{study.Id()}/consent", new { version = 1 });
        Assert.Equal(HttpStatusCode.BadRequest, vague.StatusCode);
    }

    [Fact]
    public async Task A_changed_study_asks_again_and_takes_no_consent_to_what_it_was()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(StudyCourse.Draft(), Sent.Execution(Now));
        var changed = await course.Instructor.PutAsJsonAsync($"{course.Studies}/{study.Id()}", StudyCourse.Draft("CellExecute", "TutorQuestion")).JsonAsync();
        Assert.Equal(2, changed.GetProperty("version").GetInt32());
        Assert.Equal(0, changed.GetProperty("consenting").GetInt32());
        Assert.Empty(await course.LinesAsync(await course.ExportAsync(study)));

        using var late = await course.Student("ada").PutAsJsonAsync($"/telemetry/studies/{study.Id()}/consent", new { version = 1, given = true });
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        await course.ConsentAsync("ada", changed);
        await course.ConsentAsync("bo", changed);
        Assert.Equal(2, (await course.LinesAsync(await course.ExportAsync(study))).Count);
    }

    [Fact]
    public async Task Only_consenting_learners_leave_and_a_withdrawal_ends_the_exports_that_they_are_in()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(StudyCourse.Draft(), Sent.Execution(Now));
        await course.Student("cy").SendAsync(Sent.Execution(Now, code: "refused()")).IngestedAsync();
        await course.ConsentAsync("cy", study, given: false);
        await course.Student("di").SendAsync(Sent.Execution(Now, code: "never_asked()")).IngestedAsync();
        await course.Student("ed").SendAsync(Sent.Execution(Now, code: "withdrawn()")).IngestedAsync();
        await course.ConsentAsync("ed", study);

        var with = await course.ExportAsync(study);
        var lines = await course.LinesAsync(with);
        Assert.Equal(3, lines.Select(line => line.Text("subject")).Distinct().Count());
        Assert.DoesNotContain(lines, line => line.Text("code") is "refused()" or "never_asked()");
        Assert.Contains(lines, line => line.Text("code") == "withdrawn()");

        await course.ConsentAsync("ed", study, given: false);
        using var gone = await course.Instructor.GetAsync(StudyCourse.PathOf(with, "events.ndjson"));
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        Assert.DoesNotContain(await course.LinesAsync(await course.ExportAsync(study)), line => line.Text("code") == "withdrawn()");
    }

    [Fact]
    public async Task Pseudonyms_and_ids_are_the_same_in_one_study_and_have_nothing_in_common_in_two()
    {
        using var course = new StudyCourse(app);
        var first = await course.CreateWithAsync(StudyCourse.Draft("CellExecute", "TutorQuestion"), Sent.Execution(Now).With("session", "s-1"), Sent.Event("TutorQuestion", Now, new { conversation = Guid.NewGuid() }));
        var second = await course.CreateAsync(StudyCourse.Draft("CellExecute", "TutorQuestion").With("relative_times", true));
        await course.ConsentAsync("ada", second);
        await course.ConsentAsync("bo", second);

        var once = await course.LinesAsync(await course.ExportAsync(first));
        var again = await course.LinesAsync(await course.ExportAsync(first));
        var other = await course.LinesAsync(await course.ExportAsync(second));
        Assert.Equal(once.Select(line => line.GetRawText()), again.Select(line => line.GetRawText()));
        Assert.Equal(4, other.Count);
        foreach (var field in (string[])["event_id", "subject", "time", "received_at"])
        {
            Assert.Empty(once.Select(line => line.Text(field)).Intersect(other.Select(line => line.Text(field))));
        }

        string[] Keyed(IEnumerable<System.Text.Json.JsonElement> lines) =>
            [.. lines.SelectMany(line => new[] { line.GetProperty("session").ToString(), line.GetProperty("cell").ToString(), line.GetProperty("detail").TryGetProperty("conversation", out var id) ? id.GetString()! : "" }).Where(id => id.Length > 0)];
        Assert.Empty(Keyed(once).Intersect(Keyed(other)));
        Assert.StartsWith("2000-01-01T00:00:00", other[0].Text("time"), StringComparison.Ordinal);
        Assert.DoesNotContain("learner-", string.Concat(once.Concat(other)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Learners_whom_too_few_resemble_are_left_out_and_the_report_says_so()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(StudyCourse.Draft().With("quasi_identifiers", new[] { "languages", "notebooks" }).With("k", 2), Sent.Execution(Now));
        await course.Student("cy").SendAsync(Sent.Execution(Now).With("detail", new { language = "R", code = "mean(x)", success = true })).IngestedAsync();
        await course.ConsentAsync("cy", study);

        var report = await course.Instructor.GetAsync($"{course.Studies}/{study.Id()}/anonymity").JsonAsync();
        Assert.Equal((3, 2, 1, 1, 2), (Number("learners"), Number("included"), Number("suppressed"), Number("suppressed_classes"), Number("smallest")));
        var only = report.GetProperty("classes").EnumerateArray().Single();
        Assert.Equal(["python", "1"], only.GetProperty("values").EnumerateArray().Select(value => value.GetString()));

        var export = await course.ExportAsync(study);
        Assert.Equal(1, export.GetProperty("report").GetProperty("suppressed").GetInt32());
        Assert.DoesNotContain(await course.LinesAsync(export), line => line.Text("code") == "mean(x)");

        int Number(string name) => report.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task The_access_log_says_who_did_what_and_outlives_the_study()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(StudyCourse.Draft(), Sent.Execution(Now));
        var export = await course.ExportAsync(study);
        await course.DownloadAsync(export, "events.csv");
        using (var ended = await course.Instructor.DeleteAsync($"{course.Studies}/{study.Id()}"))
        {
            Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        }

        var log = (await course.Instructor.GetAsync($"{course.Studies}/{study.Id()}/access").JsonAsync()).GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal(["ended", "downloaded", "exported", "created"], log.Select(entry => entry.Text("action")));
        Assert.All(log, entry => Assert.Equal(("account-ines", "ines"), (entry.Text("actor"), entry.Text("actor_name"))));
        Assert.Equal((export.Id(), "events.csv"), (log[1].GetProperty("export").GetGuid(), log[1].Text("file")));
        using var none = await course.Instructor.GetAsync(StudyCourse.PathOf(export, "events.csv"));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Equal(0, await app.OneAsync<long>("SELECT (SELECT count(*) FROM study_subjects WHERE study = $1) + (SELECT count(*) FROM studies WHERE id = $1 AND key IS NOT NULL)", study.Id()));
        Assert.Empty((await course.Student("ada").GetAsync("/telemetry/studies").JsonAsync()).GetProperty("studies").EnumerateArray());
    }

    [Fact]
    public async Task A_study_past_its_time_ends_by_itself()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateAsync(StudyCourse.Draft().With("to", Now.AddHours(-1)).With("keep_until", Now.AddSeconds(-1)));
        await using var replica = await app.ReplicaAsync(new KeyValuePair<string, string?>("Studies:CheckInterval", "00:00:01"));
        using var instructor = replica.ClientFor(TestIdentity.Instructor(course: course.Course));
        await Calls.UntilAsync(
            async () => (await instructor.GetAsync($"{course.Studies}/{study.Id()}").JsonAsync()).GetProperty("ended_at").ValueKind != System.Text.Json.JsonValueKind.Null,
            TimeSpan.FromSeconds(60));
        Assert.Equal("ended", (await instructor.GetAsync($"{course.Studies}/{study.Id()}/access").JsonAsync()).GetProperty("entries")[0].Text("action"));
    }
}
