using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests.Studies;

public sealed partial class ExportTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private static readonly string[] Files = ["progsnap2.zip", "events.csv", "statements.json", "events.ndjson"];

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task The_same_export_has_the_same_bytes_whatever_comes_in_afterwards()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(StudyCourse.Draft(), Sent.Execution(Now, "NameError"), Sent.Execution(Now));
        var export = await course.ExportAsync(study);
        var before = await AllAsync(course, export);
        await course.Student("ada").SendAsync(Sent.Execution(Now.AddHours(-1), code: "later()")).IngestedAsync();
        Assert.Equal(before, await AllAsync(course, export));

        var known = await course.Instructor.GetAsync($"{course.Studies}/{study.Id()}/exports/{export.Id()}").JsonAsync();
        Assert.Equal(before, known.GetProperty("files").EnumerateArray().Select(file => (file.Text("name"), file.Text("sha256"), file.GetProperty("length").GetInt64())));
        Assert.Contains(await course.LinesAsync(await course.ExportAsync(study)), line => line.Text("code") == "later()");
    }

    [Fact]
    public async Task Two_exports_of_the_same_events_have_the_same_bytes()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(StudyCourse.Draft(), Sent.Execution(Now, "NameError"), Sent.Execution(Now));
        Assert.Equal(await AllAsync(course, await course.ExportAsync(study)), await AllAsync(course, await course.ExportAsync(study)));
    }

    [Fact]
    public async Task A_download_that_broke_off_goes_on_where_it_did()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(StudyCourse.Draft(), [.. Enumerable.Range(0, 40).Select(i => Sent.Execution(Now, code: $"print({i})"))]);
        var export = await course.ExportAsync(study);
        foreach (var file in Files)
        {
            // Before it has been read as a whole, and afterwards.
            var rest = await RangeAsync(1000, null, file);
            var whole = await course.DownloadAsync(export, file);
            Assert.Equal(whole[1000..], rest.Bytes);
            Assert.Equal($"bytes 1000-{whole.Length - 1}/{whole.Length}", rest.Range);
            var middle = await RangeAsync(10, 19, file, rest.Tag);
            Assert.Equal(whole[10..20], middle.Bytes);
            Assert.Equal(whole[^5..], (await RangeAsync(null, 5, file)).Bytes);
            Assert.Equal(whole, (await RangeAsync(10, null, file, new EntityTagHeaderValue("\"another\""), HttpStatusCode.OK)).Bytes);
            Assert.Equal($"bytes */{whole.Length}", (await RangeAsync(whole.Length, null, file, status: HttpStatusCode.RequestedRangeNotSatisfiable)).Range);
        }

        async Task<(byte[] Bytes, string Range, EntityTagHeaderValue Tag)> RangeAsync(
            long? from, long? to, string file, EntityTagHeaderValue? tag = null, HttpStatusCode status = HttpStatusCode.PartialContent)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, StudyCourse.PathOf(export, file)) { Headers = { Range = new RangeHeaderValue(from, to) } };
            request.Headers.IfRange = tag is null ? null : new RangeConditionHeaderValue(tag);
            using var response = await course.Instructor.SendAsync(request);
            Assert.Equal(status, response.StatusCode);
            return (await response.Content.ReadAsByteArrayAsync(), response.Content.Headers.ContentRange?.ToString() ?? "", response.Headers.ETag!);
        }
    }

    [Fact]
    public async Task Csv_and_ndjson_hold_every_event_of_the_study_and_no_other()
    {
        using var course = new StudyCourse(app);
        var draft = StudyCourse.Draft().With("from", Now.AddHours(-2)).With("to", Now.AddHours(-1));
        var study = await course.CreateWithAsync(
            draft,
            Sent.Execution(Now.AddMinutes(-90), "NameError", code: "a,\"b\"\nc", value: "no;\tway"),
            Sent.Execution(Now.AddMinutes(-80), code: "naïve = 'ü€😀'"),
            Sent.Execution(Now, code: "too_late()"),
            Sent.Execution(Now.AddHours(-3), code: "too_early()"),
            Sent.Event("NotebookSaveEvent", Now.AddMinutes(-90)));
        var export = await course.ExportAsync(study);
        var lines = await course.LinesAsync(export);
        Assert.Equal(4, lines.Count);
        var table = Table.Read(new MemoryStream(await course.DownloadAsync(export, "events.csv")));
        Assert.Equal(
            ["event_id", "subject", "order", "type", "time", "received_at", "clock_off", "notebook", "cell", "session", "source", "success", "language", "code", "duration_ms", "error_name", "error_value", "question_class", "detail"],
            table.Columns);
        foreach (var (line, row) in lines.Zip(table.Rows, (line, row) => (line, row)))
        {
            Assert.Equal(
                (line.Text("event_id"), line.Text("subject"), line.GetProperty("order").ToString(), line.Text("type"), line.GetProperty("success").ToString(), line.Text("code"), line.GetProperty("detail").ToString()),
                (row["event_id"], row["subject"], row["order"], row["type"], row["success"] == "true" ? "True" : "False", row["code"], row["detail"]));
        }

        Assert.Equal(("a,\"b\"\nc", "NameError", "no;\tway", "false"), (table.Rows[0]["code"], table.Rows[0]["error_name"], table.Rows[0]["error_value"], table.Rows[0]["success"]));
        Assert.Equal(("naïve = 'ü€😀'", "12", "python"), (table.Rows[1]["code"], table.Rows[1]["duration_ms"], table.Rows[1]["language"]));
    }

    [Fact]
    public async Task Statements_are_xapi_1_0_3()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(
            StudyCourse.Draft("CellExecute", "TutorQuestion", "NotebookOpenEvent"),
            Sent.Execution(Now.AddMinutes(-2), "NameError", notebook: "unit 1/täsk.ipynb").With("session", "s1"),
            Sent.Event("TutorQuestion", Now.AddMinutes(-1), new { @class = "executive" }),
            Sent.Event("NotebookOpenEvent", Now.AddMinutes(-3), notebook: "unit 1/täsk.ipynb"));
        var statements = JsonElement.Parse(await course.DownloadAsync(await course.ExportAsync(study), "statements.json")).EnumerateArray().ToList();
        Assert.Equal(6, statements.Count);
        Assert.Distinct(statements.Select(statement => statement.Id()));
        Assert.All(statements, XapiShape.Check);
        Assert.Equal(
            ["http://activitystrea.ms/open", "http://adlnet.gov/expapi/verbs/attempted", "http://adlnet.gov/expapi/verbs/asked"],
            statements.Take(3).Select(statement => statement.GetProperty("verb").Text("id")));
        var run = statements[1];
        Assert.False(run.GetProperty("result").GetProperty("success").GetBoolean());
        Assert.Equal("PT0.012S", run.GetProperty("result").Text("duration"));
        Assert.Contains("/notebooks/unit%201/t%C3%A4sk.ipynb#", run.GetProperty("object").Text("id"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_leaves_without_names_addresses_numbers_and_secrets()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(
            StudyCourse.Draft("CellExecute", "CellEditEvent"),
            Sent.Execution(
                Now, "FileNotFoundError", notebook: "lovelace_hw1.ipynb",
                code: "# Ada Lovelace, s1234567, ada.l@uni.example\nbig = max(1000, 31)\ncanada = '/home/alovelace/x.csv'",
                value: "C:\\Users\\alovelace\\x.csv of Max Ada"),
            Sent.Event("CellEditEvent", Now, new { doc = new[] { "# by ADA", "x @ y" } }, cell: "a1"));
        var export = await course.ExportAsync(study, "Ada Lovelace", "Max Planck");
        var run = (await course.LinesAsync(export)).First(line => line.Text("type") == "CellExecute");
        Assert.Equal("# ************, ********, *****************\nbig = max(1000, 31)\ncanada = '/home/*********/x.csv'", run.Text("code"));
        Assert.Equal("********_hw1.ipynb", run.Text("notebook"));
        Assert.Equal("C:\\Users\\*********\\x.csv of *** ***", run.GetProperty("detail").GetProperty("error").Text("value"));
        foreach (var file in Files)
        {
            var text = Encoding.UTF8.GetString(await course.DownloadAsync(export, file));
            Assert.DoesNotMatch(Identifying(), text);
        }
    }

    [Fact]
    public async Task The_names_of_the_courses_accounts_come_from_gateway_and_without_them_nothing_leaves()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateWithAsync(StudyCourse.Draft(), Sent.Execution(Now, code: "# Grace Hopper"));
        await using var gateway = new GatewayStandIn(course.Course, "Grace Hopper");
        await gateway.StartAsync();
        await using var replica = await app.ReplicaAsync(new KeyValuePair<string, string?>("services:gateway:http:0", gateway.Address));
        using var instructor = replica.ClientFor(TestIdentity.Instructor(course: course.Course));
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        var export = await instructor.PostAsync($"{course.Studies}/{study.Id()}/exports", content).JsonAsync();
        using var file = await instructor.GetAsync(StudyCourse.PathOf(export, "events.ndjson"));
        Assert.Contains("\"# ************\"", await file.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await gateway.DisposeAsync();
        using var refused = await instructor.PostAsync($"{course.Studies}/{study.Id()}/exports", content);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    [Fact]
    public async Task An_export_without_anybody_is_whole_all_the_same()
    {
        using var course = new StudyCourse(app);
        var export = await course.ExportAsync(await course.CreateAsync());
        Assert.Empty(await course.LinesAsync(export));
        Assert.Equal("[]", JsonElement.Parse(await course.DownloadAsync(export, "statements.json")).ToString().ReplaceLineEndings(""));
        Assert.Empty(Table.Read(new MemoryStream(await course.DownloadAsync(export, "events.csv"))).Rows);
        Assert.Empty(Table.Of(await course.DownloadAsync(export, "progsnap2.zip"), "MainTable.csv").Rows);
    }

    [Fact]
    public async Task An_unknown_file_or_export_is_not_found()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateAsync();
        var export = await course.ExportAsync(study);
        using var file = await course.Instructor.GetAsync($"{course.Studies}/{study.Id()}/exports/{export.Id()}/events.xlsx");
        Assert.Equal(HttpStatusCode.NotFound, file.StatusCode);
        using var other = await course.Instructor.GetAsync($"{course.Studies}/{study.Id()}/exports/{Guid.NewGuid()}/events.csv");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    private static async Task<List<(string Name, string Sha256, long Length)>> AllAsync(StudyCourse course, JsonElement export)
    {
        List<(string, string, long)> all = [];
        foreach (var file in Files)
        {
            var bytes = await course.DownloadAsync(export, file);
            all.Add((file, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length));
        }

        return all;
    }

    [GeneratedRegex(@"(?i)lovelace|s1234567|uni\.example|learner-|account-|\bAda\b")]
    private static partial Regex Identifying();
}
