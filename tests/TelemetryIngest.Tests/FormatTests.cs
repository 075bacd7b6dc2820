using System.Net;
using System.Text;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class FormatTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Lines_of_JSON_are_events_and_a_bad_line_spoils_no_other()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var body = string.Join('\n', Line(Sent.Event("One", Now)), "", Line(Sent.Event("Two", Now))[..^1], "\r", "7", Line(Sent.Event("Three", Now)), "");
        using var content = new StringContent(body, Encoding.UTF8, "application/x-ndjson");
        Assert.Equal((2, 0, "1 2"), await client.PostAsync(Calls.Events, content).IngestedAsync());
        Assert.Equal("One Three", await app.OneAsync<string>("SELECT string_agg(type, ' ' ORDER BY type) FROM events WHERE course = $1", course));
        Assert.Equal(2, await app.OneAsync<long>("SELECT count(*) FROM quarantine WHERE course = $1", course));
    }

    [Fact]
    public async Task Bodies_of_every_kind_may_follow_one_another()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var body = Line(Sent.Event("Own", Now)) + Line(new { events = new[] { Sent.Event("Batch", Now) } }) + ",\n"
            + Sent.PioneerBody("NotebookSaveEvent", Now) + FileExporter("CellAddEvent", "Task.ipynb") + $"[{Line(Sent.Event("Item", Now))}]";
        Assert.Equal((5, 0, ""), await client.SendTextAsync(body).IngestedAsync());
    }

    [Fact]
    public async Task A_value_that_breaks_off_answers_400_and_says_where()
    {
        using var client = app.ClientFor(TestIdentity.Student());
        using var response = await client.SendTextAsync(Line(Sent.Event("Own", Now)) + "\n{\"type\":");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("What begins at byte", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_exporters_stream_is_taken_in_pieces_that_are_cut_anywhere()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var stream = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 8).Select(i => FileExporter("CellExecuteEvent", $"{i} 😀.ipynb"))));
        var accepted = 0;
        for (var at = 0; at < stream.Length; at += 333)
        {
            var piece = stream[at..Math.Min(at + 333, stream.Length)];
            var (more, duplicates, rejected) = await PieceAsync(client, piece);
            Assert.Equal((0, ""), (duplicates, rejected));
            accepted += more;
            // Sent again, because the answer was lost.
            Assert.Equal((0, more, ""), await PieceAsync(client, piece));
        }

        Assert.Equal(8, accepted);
        Assert.Equal("0 😀.ipynb", await app.OneAsync<string>("SELECT min(notebook) FROM events WHERE course = $1", course));
        Assert.Equal(8, await app.OneAsync<long>("SELECT count(*) FROM events WHERE course = $1 AND NOT success AND failure ->> 'name' = 'NameError'", course));
    }

    [Fact]
    public async Task What_waits_for_its_end_is_not_readable_in_the_database()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var text = Encoding.UTF8.GetBytes(FileExporter("NotebookOpenEvent", "Task.ipynb"));
        await PieceAsync(client, text[..^40]);
        var sealedRest = await app.OneAsync<byte[]>("SELECT rest FROM logs WHERE course = $1", course);
        Assert.True(sealedRest.Length > 300);
        Assert.DoesNotContain("correct-horse", Encoding.Latin1.GetString(sealedRest), StringComparison.Ordinal);
        Assert.Equal((1, 0, ""), await PieceAsync(client, text[^40..]));
    }

    [Fact]
    public async Task A_piece_that_is_missing_costs_the_events_that_it_cuts_and_no_other()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var one = FileExporter("CellExecuteEvent", "a.ipynb");
        Assert.Equal((1, 0, ""), await PieceAsync(client, Encoding.UTF8.GetBytes(one + one[..200])));
        var rest = FileExporter("CellExecuteEvent", "b.ipynb")[300..] + FileExporter("CellExecuteEvent", "c.ipynb");
        Assert.Equal((1, 0, "1"), await PieceAsync(client, Encoding.UTF8.GetBytes(rest)));
        Assert.Equal("a.ipynb c.ipynb", await app.OneAsync<string>("SELECT string_agg(notebook, ' ' ORDER BY notebook) FROM events WHERE course = $1", course));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Records_of_fluent_bit_with_the_file_exporters_lines_become_events(bool asArray)
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        // Two containers' lines among one another and a server's own, cut in the middle of an event between two requests.
        var one = FileExporter("CellExecuteEvent", "one.ipynb").Replace("\n", "\n\n", StringComparison.Ordinal).Split("\n\n");
        var other = FileExporter("CellAddEvent", "other.ipynb").Split('\n');
        List<object> records = [new { date = 1.5, log = "[I 2026-01-31 ServerApp] GET /api/contents {x}", container_id = "c1" }];
        for (var i = 0; i < Math.Max(one.Length, other.Length); i++)
        {
            records.AddRange(one.Skip(i).Take(1).Select(line => new { date = 2.5, log = line, container_id = "c1" }));
            records.AddRange(other.Skip(i).Take(1).Select(line => new { date = 2.5, log = line + "\n", container_id = "c2" }));
        }

        string Body(IEnumerable<object> some) => asArray ? JsonSerializer.Serialize(some) : string.Join('\n', some.Select(Line)) + "\n";
        var half = records.Count / 2;
        Assert.Equal((0, 0, ""), await client.SendTextAsync(Body(records[..half])).IngestedAsync());
        Assert.Equal((2, 0, ""), await client.SendTextAsync(Body(records[half..])).IngestedAsync());
        Assert.Equal("one.ipynb other.ipynb", await app.OneAsync<string>("SELECT string_agg(notebook, ' ' ORDER BY notebook) FROM events WHERE course = $1 AND source = 'pioneer'", course));
    }

    [Fact]
    public async Task Pieces_of_one_log_at_the_same_time_are_read_one_after_another()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var pieces = Enumerable.Range(0, 12).Select(i => FileExporter("CellAddEvent", $"{i}.ipynb")).ToArray();
        await Task.WhenAll(pieces.Select(async piece =>
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (true)
            {
                using var response = await SendPieceAsync(client, Encoding.UTF8.GetBytes(piece), late.Token);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }

                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            }
        }));
        Assert.Equal(12, await app.OneAsync<long>("SELECT count(*) FROM events WHERE course = $1", course));
        Assert.Equal(12, await app.OneAsync<long>("SELECT version FROM logs WHERE course = $1", course));
    }

    [Fact]
    public async Task No_more_logs_of_a_sender_are_remembered_than_may_be()
    {
        var (service, data) = await app.AloneAsync(new KeyValuePair<string, string?>("Events:MaxLogsPerSender", "3"));
        await using (service)
        await using (data)
        {
            using var client = service.ClientFor(TestIdentity.Student());
            for (var i = 0; i < 6; i++)
            {
                using var content = new StringContent("{");
                await client.PostAsync(new Uri($"/telemetry/events?log={i}", UriKind.Relative), content).IngestedAsync();
            }

            Assert.Equal("3 4 5", await data.OneAsync<string>("SELECT string_agg(name, ' ' ORDER BY name) FROM logs"));
        }
    }

    /// <summary>What pioneer's file exporter appends for an event.</summary>
    internal static string FileExporter(string name, string notebook)
    {
        var data = JsonElement.Parse(Sent.PioneerBody(name, DateTimeOffset.FromUnixTimeMilliseconds(1_769_850_000_000), notebook: notebook)).GetProperty("data");
        return JsonSerializer.Serialize(data, Indented) + ",";
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, IndentSize = 4, NewLine = "\n" };

    private static string Line(object one) => JsonSerializer.Serialize(one);

    private static Task<HttpResponseMessage> SendPieceAsync(HttpClient client, byte[] piece, CancellationToken cancellationToken = default) =>
        client.PostAsync(new Uri("/telemetry/events?log=pioneer.json", UriKind.Relative), new ByteArrayContent(piece), cancellationToken);

    private static Task<(int Accepted, int Duplicates, string Rejected)> PieceAsync(HttpClient client, byte[] piece) => SendPieceAsync(client, piece).IngestedAsync();
}
