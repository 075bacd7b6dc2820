using System.Net;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class BatchTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task An_event_sent_again_or_twice_in_a_batch_is_stored_once_and_spoils_nothing()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student(course: course));
        var one = Sent.Event("CellAddEvent", Now);
        var other = Sent.Event("CellAddEvent", Now);
        var nameless = Sent.Event("CellAddEvent", Now).With("id", null);
        Assert.Equal((2, 1, ""), await client.SendAsync(one, one, other).IngestedAsync());
        Assert.Equal((1, 2, ""), await client.SendAsync(one, nameless, nameless).IngestedAsync());
        Assert.Equal((0, 3, ""), await client.SendAsync(nameless, one, other).IngestedAsync());
        Assert.Equal(3, await app.OneAsync<long>("SELECT count(*) FROM events WHERE course = $1", course));
    }

    [Fact]
    public async Task An_event_sent_by_many_at_the_same_time_is_accepted_once()
    {
        var course = TelemetryApplication.NewCourse();
        await using var replica = await app.ReplicaAsync();
        using var here = app.ClientFor(TestIdentity.Student(course: course));
        using var there = replica.ClientFor(TestIdentity.Student(course: course));
        object[] events = [.. Enumerable.Range(0, 50).Select(_ => Sent.Event("CellAddEvent", Now))];
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            (i % 2 == 0 ? here : there).SendAsync(i % 3 == 0 ? events.Reverse() : events).IngestedAsync()));
        Assert.Equal(50, results.Sum(result => result.Accepted));
        Assert.Equal(19 * 50, results.Sum(result => result.Duplicates));
        Assert.Equal(50, await app.OneAsync<long>("SELECT count(*) FROM events WHERE course = $1", course));
    }

    [Fact]
    public async Task A_bad_event_is_named_by_its_index_and_kept_in_quarantine_while_the_good_ones_are_stored()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var good = Sent.Event("CellAddEvent", Now);
        object[] events =
        [
            good,
            Sent.Event("CellAddEvent", Now).With("type", null),
            Sent.Event("CellAddEvent", Now).With("time", "yesterday"),
            Sent.Event("CellAddEvent", Now).With("time", "2026-01-31T12:00:00"),
            Sent.Event("CellAddEvent", Now).With("id", "seven"),
            Sent.Event("CellAddEvent", Now).With("id", Guid.Empty),
            Sent.Event("CellAddEvent", Now).With("detail", "text"),
            Sent.Event("CellAddEvent", Now).With("notebook", new string('n', 2000)),
            Sent.Event("CellAddEvent", Now).With("cell", 7),
            Sent.Event("CellExecute", Now, new { code = "1" }),
            "not an object",
            Sent.Event("CellAddEvent", Now),
        ];
        var result = await client.SendAsync(events).JsonAsync();
        Assert.Equal(2, result.GetProperty("accepted").GetInt32());
        var reasons = result.GetProperty("rejected").EnumerateArray().ToDictionary(one => one.GetProperty("index").GetInt32(), one => one.GetProperty("reason").GetString()!);
        Assert.Equal(Enumerable.Range(1, 10), reasons.Keys);
        Assert.Equal("type is missing.", reasons[1]);
        Assert.Contains("RFC 3339", reasons[2], StringComparison.Ordinal);
        Assert.Contains("time zone", reasons[3], StringComparison.Ordinal);
        Assert.Equal("id must be a UUID.", reasons[4]);
        Assert.Equal("detail must be an object.", reasons[6]);
        Assert.Equal("notebook is longer than 1024 characters.", reasons[7]);
        Assert.Equal("cell must be a string.", reasons[8]);
        Assert.Equal("detail.success must be true or false.", reasons[9]);

        Assert.Equal((0, 2, "1 2 3 4 5 6 7 8 9 10"), await client.SendAsync(events).IngestedAsync());
        Assert.Equal(10, await app.OneAsync<long>("SELECT count(*) FROM quarantine WHERE course = $1 AND learner = 'learner-sam'", course));
        Assert.Equal("type is missing.", await app.OneAsync<string>("SELECT reason FROM quarantine WHERE course = $1 AND body LIKE '%\"type\":null%'", course));
    }

    [Fact]
    public async Task Quarantine_keeps_the_newest_and_no_more_than_its_capacity()
    {
        var (service, data) = await app.AloneAsync(new KeyValuePair<string, string?>("Events:QuarantineCapacity", "5"));
        await using (service)
        await using (data)
        {
            using var client = service.ClientFor(TestIdentity.Student());
            for (var i = 0; i < 4; i++)
            {
                await client.SendAsync(Enumerable.Range(3 * i, 3).Select(n => Sent.Event("", Now).With("notebook", $"{n}.ipynb"))).IngestedAsync();
            }

            Assert.Equal(5, await data.OneAsync<long>("SELECT count(*) FROM quarantine"));
            Assert.Equal(3, await data.OneAsync<long>("SELECT count(*) FROM quarantine WHERE body ~ '\"(9|10|11).ipynb\"'"));
        }
    }

    [Fact]
    public async Task Only_a_service_may_say_whose_event_it_is_and_then_it_must()
    {
        var course = TelemetryApplication.NewCourse();
        using var student = app.ClientFor(TestIdentity.Student("sam", course));
        using var service = app.ClientFor(TestIdentity.Service());
        await student.SendAsync(Sent.Execution(Now).Of("elsewhere", "learner-kim")).IngestedAsync();
        Assert.Equal((1, 0, "1 2"), await service.SendAsync(
            Sent.Execution(Now).Of(course, "learner-kim"),
            Sent.Execution(Now).With("course", course),
            Sent.Execution(Now).With("learner", "learner-kim")).IngestedAsync());
        Assert.Equal("learner-kim kernelservice,learner-sam batch", await app.OneAsync<string>(
            "SELECT string_agg(learner || ' ' || source, ',' ORDER BY learner) FROM events WHERE course = $1", course));
        Assert.Equal(0, await app.OneAsync<long>("SELECT count(*) FROM events WHERE course = 'elsewhere'"));
    }

    [Fact]
    public async Task NUL_lone_surrogates_and_huge_numbers_are_stored_as_what_PostgreSQL_can_hold()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student(course: course));
        var body = """
            {"events":[{"time":"2026-01-31T12:00:00Z","type":"Odd","notebook":"a\ud800.ipynb","detail":{
            "nul":"a\u0000b","high":"\ud83d!","low":"\ude00","pair":"\ud83d\ude00","written":"\\u0000 \\ud800","k\u0000ey":1,
            "huge":1e400000,"tiny":1e-400000,"long":123456789012345678901234567890,"exact":0.10}}]}
            """;
        Assert.Equal((1, 0, ""), await client.SendTextAsync(body).IngestedAsync());
        Assert.Equal("a\ufffd.ipynb", await app.OneAsync<string>("SELECT notebook FROM events WHERE course = $1", course));
        var detail = JsonElement.Parse(await app.OneAsync<string>("SELECT detail::text FROM events WHERE course = $1", course));
        Assert.Equal("a\ufffdb", detail.GetProperty("nul").GetString());
        Assert.Equal("\ufffd!", detail.GetProperty("high").GetString());
        Assert.Equal("\ufffd", detail.GetProperty("low").GetString());
        Assert.Equal("😀", detail.GetProperty("pair").GetString());
        Assert.Equal(@"\u0000 \ud800", detail.GetProperty("written").GetString());
        Assert.Equal(1, detail.GetProperty("k\ufffdey").GetInt32());
        Assert.Equal("1e400000", detail.GetProperty("huge").GetString());
        Assert.Equal("123456789012345678901234567890", detail.GetProperty("long").GetRawText());
        Assert.Equal("0.10", detail.GetProperty("exact").GetRawText());
    }

    [Fact]
    public async Task Malformed_UTF_8_is_stored_with_replacement_characters()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student(course: course));
        // A surrogate written as UTF-8, as CESU-8 writers do, and a byte order mark.
        byte[] body = [0xEF, 0xBB, 0xBF, .. """{"events":[{"time":"2026-01-31T12:00:00Z","type":"Odd","cell":"a"""u8, 0xED, 0xA0, 0x80, .. "\"}]}"u8];
        Assert.Equal((1, 0, ""), await client.PostAsync(Calls.Events, new ByteArrayContent(body)).IngestedAsync());
        Assert.StartsWith("a\ufffd", await app.OneAsync<string>("SELECT cell FROM events WHERE course = $1", course), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-4)]
    [InlineData(4)]
    [InlineData(2_000_000)]
    public async Task A_clock_that_is_days_off_is_kept_but_not_believed(int days)
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var sent = DateTimeOffset.FromUnixTimeSeconds(Now.AddDays(days).ToUnixTimeSeconds());
        await client.SendAsync(Sent.Execution(sent, "NameError")).IngestedAsync();
        Assert.Equal(sent, new DateTimeOffset(await app.OneAsync<DateTime>("SELECT occurred_at FROM events WHERE course = $1 AND clock_off", course)));

        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        var row = (await instructor.GetAsync($"/telemetry/courses/{course}/activity").JsonAsync()).Learner("learner-sam");
        Assert.True(row.GetProperty("active").GetBoolean());
        Assert.InRange(row.GetProperty("last_seen").GetDateTimeOffset(), Now.AddMinutes(-1), Now);
        Assert.Equal(1, row.GetProperty("failures").GetInt32());
    }

    [Fact]
    public async Task A_clock_that_is_a_little_fast_does_not_place_events_in_the_future()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        await client.SendAsync(Sent.Execution(Now.AddMinutes(20))).IngestedAsync();
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        var row = (await instructor.GetAsync($"/telemetry/courses/{course}/activity").JsonAsync()).Learner("learner-sam");
        Assert.InRange(row.GetProperty("last_seen").GetDateTimeOffset(), Now.AddMinutes(-1), Now);
    }

    [Fact]
    public async Task A_row_that_PostgreSQL_refuses_is_rejected_alone()
    {
        var (service, data) = await app.AloneAsync();
        await using (service)
        await using (data)
        {
            await using (var command = data.CreateCommand("ALTER TABLE events ADD CHECK (cell <> 'poison')"))
            {
                await command.ExecuteNonQueryAsync();
            }

            using var client = service.ClientFor(TestIdentity.Student());
            object[] events = [.. Enumerable.Range(0, 9).Select(i => Sent.Event("CellAddEvent", Now, cell: i is 3 or 7 ? "poison" : $"c{i}"))];
            var result = await client.SendAsync(events).JsonAsync();
            Assert.Equal(7, result.GetProperty("accepted").GetInt32());
            Assert.Equal([3, 7], result.GetProperty("rejected").EnumerateArray().Select(one => one.GetProperty("index").GetInt32()));
            Assert.Contains("events_cell_check", result.GetProperty("rejected")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
            Assert.Equal(7, await data.OneAsync<long>("SELECT count(*) FROM events"));
            Assert.Equal(2, await data.OneAsync<long>("SELECT count(*) FROM quarantine"));
        }
    }

    [Theory]
    [InlineData("""{"events":[{"type":}]}""", "BytePositionInLine: 19")]
    [InlineData("", "does not contain any JSON")]
    [InlineData("""{"events":[]""", "LineNumber: 0")]
    [InlineData("""[1,2]""", "jupyterlab-pioneer")]
    [InlineData("""{"events":"all"}""", "jupyterlab-pioneer")]
    public async Task A_body_that_is_not_what_is_taken_answers_400_and_says_where(string body, string says)
    {
        using var client = app.ClientFor(TestIdentity.Student());
        using var response = await client.SendTextAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(says, JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_batch_is_fine_and_one_over_the_limits_answers_413()
    {
        var (service, data) = await app.AloneAsync(
            new KeyValuePair<string, string?>("Events:MaxBatch", "10"), new KeyValuePair<string, string?>("Events:MaxBodySize", "20000"));
        await using (service)
        await using (data)
        {
            using var client = service.ClientFor(TestIdentity.Student());
            Assert.Equal((0, 0, ""), await client.SendAsync().IngestedAsync());
            Assert.Equal((10, 0, ""), await client.SendAsync(Enumerable.Range(0, 10).Select(_ => Sent.Event("CellAddEvent", Now))).IngestedAsync());

            using var many = await client.SendAsync(Enumerable.Range(0, 11).Select(_ => Sent.Event("CellAddEvent", Now)));
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, many.StatusCode);
            Assert.Contains("11 events", await many.Content.ReadAsStringAsync(), StringComparison.Ordinal);

            using var large = await client.SendTextAsync(Sent.PioneerBody("CellAddEvent", Now, notebook: new string('n', 30_000)));
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
            using var chunked = await client.SendAsync(Sent.Event("CellAddEvent", Now, new { text = new string('n', 30_000) }));
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
            Assert.Equal(10, await data.OneAsync<long>("SELECT count(*) FROM events"));
        }
    }

    [Fact]
    public async Task A_caller_without_identity_answers_401_and_an_unknown_encoding_415()
    {
        using var nobody = app.Service.CreateClient();
        using var refused = await nobody.SendAsync(Sent.Event("CellAddEvent", Now));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        using var client = app.ClientFor(TestIdentity.Student());
        using var content = new ByteArrayContent([0x1F, 0x8B]) { Headers = { ContentEncoding = { "br" } } };
        using var compressed = await client.PostAsync(Calls.Events, content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, compressed.StatusCode);
    }

    [Fact]
    public async Task An_owner_is_a_learner_like_any_other()
    {
        var course = TelemetryApplication.NewCourse();
        var owner = new CallerIdentity("owner", "Owner", "learner-owner", course, [Roles.Owner, Roles.Instructor, Roles.Student]);
        using var client = app.ClientFor(owner);
        await client.SendAsync(Sent.Execution(Now)).IngestedAsync();
        Assert.Equal("learner-owner", await app.OneAsync<string>("SELECT learner FROM events WHERE course = $1", course));
    }
}
