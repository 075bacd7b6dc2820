using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests.Studies;

/// <summary>What a learner can do to exports, and what must not change them.</summary>
public sealed partial class ExportTests
{
    [Fact]
    public async Task Whatever_a_learner_sends_every_file_can_be_downloaded()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(
            StudyCourse.Draft("CellEditEvent", "CellExecute").With("relative_times", true),
            Sent.Execution(Now),
            Sent.Event("CellEditEvent", new DateTimeOffset(1, 1, 2, 0, 0, 0, TimeSpan.Zero), new { deep = JsonElement.Parse(Sent.Deep, new JsonDocumentOptions { MaxDepth = 300 }) }),
            Sent.Event("CellEditEvent", Now, new { changes = new object[] { new object[] { "x" }, new object?[] { null }, new object[] { long.MaxValue }, new object[] { long.MaxValue, "y" }, new object[] { -5 } } }));
        var export = await course.ExportAsync(study);
        Assert.Equal(4, (await AllAsync(course, export)).Count);
        var edits = Table.Of(await course.DownloadAsync(export, "progsnap2.zip"), "MainTable.csv").Rows.Where(row => row["EventType"] == "File.Edit").ToList();
        Assert.Equal(4, edits.Count);
        Assert.Equal(2, edits.Count(row => row["ClientTimestamp"] == "0001-01-01T00:00:00.000000Z"));
        Assert.Equal(2, edits.Count(row => row["EditType"] == "Replace" && row["InsertText"] == "y" && row["DeleteLength"] == "4294967294"));
    }

    [Fact]
    public async Task Names_are_masked_as_file_names_and_account_names_have_them()
    {
        using var course = new StudyCourse(app);
        const string Code = "adalovelace.py AdaLovelace2 lovelace_ada alovelace myAda anna_lena annalena SMITHANNALENA\nadapt = Canada + lovelaces";
        var study = await course.CreateWithAsync(StudyCourse.Draft(), Sent.Execution(Now, notebook: "AdaLovelace_hw1.ipynb", code: Code));
        var run = (await course.LinesAsync(await course.ExportAsync(study, "Ada Lovelace", "Anna-Lena Smith")))[0];
        Assert.Equal("***********_hw1.ipynb", run.Text("notebook"));
        Assert.Equal("***********.py ***********2 ********_*** ********* my*** ****_**** ******** *************\nadapt = Canada + lovelaces", run.Text("code"));
    }

    [Theory]
    [InlineData("Jürgen Müller", "Müller mueller_hw1 muller.py juergenmueller Jurgen, MU\u0308LLER", "****** *******_hw1 ******.py ************** ******, *******")]
    [InlineData("Mueller", "Müller muller Muellers", "****** ****** Muellers")]
    [InlineData("Weiß", "weiss WEISS weiß weisst", "***** ***** **** weisst")]
    [InlineData("Søren Kierkegård", "Soeren soren kierkegaard Kierkegard sorenkierkegard", "****** ***** *********** ********** ***************")]
    [InlineData("Łukasz Wójcik", "lukasz/wojcik lwojcik Wójcik", "******/****** ******* ******")]
    [InlineData("José Nuñez", "jose.nunez Nuñez josé", "****.***** ***** ****")]
    [InlineData("Jose Nunez", "josé, Nuñez", "****, *****")]
    [InlineData("Nguyễn Thị", "nguyen thị", "**********")]
    public async Task Names_are_masked_with_and_without_marks(string name, string code, string masked)
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(StudyCourse.Draft(), Sent.Execution(Now, code: code));
        Assert.Equal(masked, (await course.LinesAsync(await course.ExportAsync(study, name)))[0].Text("code"));
    }

    [Fact]
    public async Task Without_anybody_who_tells_names_there_is_no_export_unless_that_is_permitted()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateAsync();
        await using var replica = await app.ReplicaAsync(new KeyValuePair<string, string?>("Studies:WithoutAccounts", "false"));
        using var instructor = replica.ClientFor(TestIdentity.Instructor(course: course.Course));
        using var refused = await instructor.PostAsJsonAsync($"{course.Studies}/{study.Id()}/exports", new { });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("Studies:WithoutAccounts", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_stays_as_it_was_made_and_a_file_that_is_another_is_broken_off()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(StudyCourse.Draft(), Sent.Execution(Now, code: "# s1234567 x99"));
        var export = await course.ExportAsync(study);
        await using var replica = await app.ReplicaAsync(
            new KeyValuePair<string, string?>("Studies:IdPattern", "x99"), new KeyValuePair<string, string?>("Studies:IriBase", "https://elsewhere.example"));
        using var instructor = replica.ClientFor(TestIdentity.Instructor(course: course.Course));
        foreach (var file in Files)
        {
            using var other = await instructor.GetAsync(StudyCourse.PathOf(export, file));
            Assert.Equal(await course.DownloadAsync(export, file), await other.Content.ReadAsByteArrayAsync());
        }

        // As if a later version of the service wrote the file in another way.
        Assert.Equal("events.csv", await app.OneAsync<string>("UPDATE study_export_files SET sha256 = sha256 || sha256 WHERE export = $1 AND name = 'events.csv' RETURNING name", export.Id()));
        await Assert.ThrowsAsync<HttpRequestException>(() => course.Instructor.GetAsync(StudyCourse.PathOf(export, "events.csv")));
        await course.DownloadAsync(export, "events.ndjson");
    }

    [Fact]
    public async Task Expired_exports_are_in_no_list()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateAsync();
        var export = await course.ExportAsync(study);
        var kept = await course.ExportAsync(study);
        Assert.Equal(export.Id(), await app.OneAsync<Guid>("UPDATE study_exports SET expires_at = now() WHERE id = $1 RETURNING id", export.Id()));
        var list = await course.Instructor.GetAsync($"{course.Studies}/{study.Id()}/exports").JsonAsync();
        Assert.Equal(kept.Id(), Assert.Single(list.GetProperty("exports").EnumerateArray()).Id());
    }

    [Fact]
    public async Task One_run_that_two_have_reported_is_one_attempt_and_an_exposure_says_its_arm()
    {
        using var course = new StudyCourse(app);
        var at = Now.AddMinutes(-5);
        var study = await course.CreateWithAsync(
            StudyCourse.Draft("CellExecute", "CellExecuteEvent", "TutorExposure"),
            Sent.Event("CellExecuteEvent", at.AddSeconds(-1), new { success = true, cells = new[] { new { id = "c1", type = "code" } } }, "Task.ipynb", "c1"),
            Sent.Execution(at),
            Sent.Execution(at.AddSeconds(100)),
            Sent.Event("CellExecuteEvent", at.AddSeconds(101), new { success = true, cells = new[] { new { id = "c1", type = "code" } } }, "Task.ipynb", "c1"),
            Sent.Event("TutorExposure", at.AddSeconds(110), new { arm = "hints first" }, "Task.ipynb"));
        var rows = Table.Of(await course.DownloadAsync(await course.ExportAsync(study), "progsnap2.zip"), "MainTable.csv").Rows.GroupBy(row => row["SubjectID"]).First().ToList();
        Assert.Equal(["1", "1", "2", "2"], rows.Where(row => row["EventType"] == "Run.Program").Select(row => row["Attempt"]));
        Assert.Equal("hints first", rows.Single(row => row["EventType"] == "X-TutorExposure")["ExperimentalCondition"]);
    }

    [Fact]
    public async Task An_export_that_has_to_wait_too_long_for_writers_is_to_be_asked_for_again()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateAsync();
        await using var data = Npgsql.NpgsqlDataSource.Create(app.Database);
        await using var connection = await data.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var write = new Npgsql.NpgsqlCommand("SELECT pg_advisory_xact_lock_shared(hashtext('ingest'))", connection);
        await write.ExecuteNonQueryAsync();
        using var refused = await course.Instructor.PostAsJsonAsync($"{course.Studies}/{study.Id()}/exports", new { });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }
}
