using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests.CodeStates;

public sealed class HistoryTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private readonly string _course = TelemetryApplication.NewCourse();
    private readonly DateTimeOffset _start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeSeconds());

    [Fact]
    public async Task What_pioneer_sends_gives_the_code_of_a_cell_and_where_each_part_came_from()
    {
        await SendAsync(
            Edit(0, """{"index":0,"doc":["x = 1",""],"type":"code"}"""),
            Edit(1, """{"index":0,"changes":[6,[0,"p"]],"type":"code"}"""),
            Edit(2, """{"index":0,"changes":[7,[0,"rint"]],"type":"code"}"""),
            // Which comes first, the paste or its edit, is not certain.
            Sent.PioneerBody("ClipboardPasteEvent", _start.AddSeconds(3.01), """{"cells":[{"id":"a1","index":0,"type":"code"}],"selection":"(x)\r\n(y)"}"""),
            Edit(3, """{"index":0,"changes":[11,[0,"(x)","(y)"]],"type":"code"}"""),
            Edit(4, """{"index":0,"changes":[[5,"zz"],13],"type":"code"}"""));
        var history = await HistoryAsync();
        var replayed = new Replayed(history);
        Assert.Equal(["zz\nprint(x)\n(y)"], replayed.Cells);
        Assert.Equal("ttetttttppppppp", replayed.Origins(0));
        Assert.Equal(["a1"], replayed.Ids);
        Assert.Equal(["x = 1\n", "x = 1\np", "x = 1\nprint", "x = 1\nprint(x)\n(y)", "zz\nprint(x)\n(y)"], replayed.Steps.Select(step => step.Cells));
        Assert.Equal((1, 7, 7, 0, 0), Code(history));
    }

    [Fact]
    public async Task Code_from_the_tutor_stays_the_tutors_when_it_is_cut_copied_and_undone()
    {
        await SendAsync(
            Page(0, "NotebookOpenEvent", """{"cells":[{"id":"c1","index":0,"type":"code","doc":["a"]},{"id":"m1","index":1,"type":"markdown","doc":["# Task"]}]}"""),
            Page(1, "CellAddEvent", """{"cells":[{"id":"c2","index":1,"type":"code","doc":[""]}]}"""),
            Page(2, "CellEditEvent", """{"cells":[{"id":"c2","index":1,"type":"code"}],"changes":[[0,"total = 0"]],"origin":"tutor","turn":"turn-7"}"""),
            // Cut with backspace, letter by letter at the end, and undone at once.
            Page(3, "CellEditEvent", """{"cells":[{"id":"c2","index":1,"type":"code"}],"changes":[8,[1]]}"""),
            Page(4, "CellEditEvent", """{"cells":[{"id":"c2","index":1,"type":"code"}],"changes":[7,[1]]}"""),
            Page(5, "CellEditEvent", """{"cells":[{"id":"c2","index":1,"type":"code"}],"changes":[7,[0," 0"]]}"""),
            // Copied into the first cell between own code, and the second cell split in two.
            Page(6, "CellEditEvent", """{"cells":[{"id":"c1","index":0,"type":"code"}],"changes":[1,[0,"total"]],"origin":"pasted"}"""),
            Page(7, "CellEditEvent", """{"cells":[{"id":"c1","index":0,"type":"code"}],"changes":[6,[0,"!?"]],"origin":"pasted"}"""),
            Page(8, "CellAddEvent", """{"cells":[{"id":"c3","index":2,"type":"code","doc":["= 0"]}]}"""),
            Page(9, "CellEditEvent", """{"cells":[{"id":"c2","index":1,"type":"code"}],"changes":[6,[3]]}"""),
            Page(10, "CellRemoveEvent", """{"cells":[{"id":"m1","index":3,"type":"markdown"}]}"""));
        var history = await HistoryAsync();
        var replayed = new Replayed(history);
        Assert.Equal(["atotal!?", "total ", "= 0"], replayed.Cells);
        Assert.Equal(["c1", "c2", "c3"], replayed.Ids);
        Assert.Equal(["eTTTTTpp", "TTTTTT", "TTT"], [replayed.Origins(0), replayed.Origins(1), replayed.Origins(2)]);
        var inserted = replayed.Steps[2].Step.GetProperty("edits")[0].GetProperty("inserted")[0];
        Assert.Equal("turn-7", inserted.GetProperty("turn").GetString());
        Assert.Equal((1, 0, 2, 14, 0), Code(history));
        Assert.Equal(14 / 16.0, history.GetProperty("code").GetProperty("reliance").GetDouble(), 1e-12);
    }

    [Fact]
    public async Task Executions_alone_give_states_and_their_errors_and_outputs_are_steps()
    {
        using var service = app.ClientFor(TestIdentity.Service());
        await service.SendAsync(
            Sent.Execution(_start, "NameError", cell: "c1", code: "prnt(1)", value: "prnt").Of(_course, "learner-sam"),
            Sent.Execution(_start.AddSeconds(20), cell: "c1", code: "print(1)").Of(_course, "learner-sam")).IngestedAsync();
        // pioneer reports the second one as well; it is one execution.
        await SendAsync(
            Sent.PioneerBody("CellExecuteEvent", _start.AddSeconds(20.2), """{"cells":[{"id":"c1","index":0,"type":"code"}],"success":true}"""),
            Page(21, "CellOutputEvent", """{"cells":[{"id":"c1","index":0,"type":"code"}],"outputs":[{"type":"stream","text":"1\n"}]}"""));
        var replayed = new Replayed(await HistoryAsync());
        Assert.Equal(["prnt(1)", "print(1)", "print(1)"], replayed.Steps.Select(step => step.Cells));
        Assert.Equal("eeueeeee", replayed.Origins(0));
        Assert.Equal(["false prnt", "true "], replayed.Steps.Where(step => step.Step.TryGetProperty("execution", out _)).Select(step =>
        {
            var execution = step.Step.GetProperty("execution");
            var error = execution.GetProperty("error");
            return $"{execution.GetProperty("success").GetRawText()} {(error.ValueKind == JsonValueKind.Null ? "" : error.GetProperty("value").GetString())}";
        }));
        Assert.Equal("1\n", replayed.Steps[^1].Step.GetProperty("outputs")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task After_a_lost_edit_a_cell_is_marked_until_its_code_is_sent_as_a_whole_again()
    {
        await SendAsync(
            Edit(0, """{"index":2,"doc":["ab"],"type":"code"}"""),
            Edit(2, """{"index":2,"changes":[3,[0,"d"]],"type":"code"}"""),
            Edit(3, """{"index":2,"changes":[4,[0,"e"]],"type":"code"}"""),
            Edit(4, """{"index":2,"doc":["abcde"],"type":"code"}"""),
            Edit(5, """{"index":2,"changes":[5,[0,"f"]],"type":"code"}"""));
        var replayed = new Replayed(await HistoryAsync());
        Assert.Equal(["", "", "abcdef"], replayed.Cells);
        Assert.Equal("eeuuut", replayed.Origins(2));
        Assert.Equal([false, true, true, false, false], replayed.Steps.Select(step => step.Step.TryGetProperty("broken", out var broken) && broken.GetBoolean()));
    }

    [Fact]
    public async Task Edits_of_one_millisecond_are_put_in_the_order_in_which_they_fit()
    {
        await SendAsync([Edit(0, """{"index":0,"doc":[""],"type":"code"}"""), .. Enumerable.Range(0, 6).Reverse().Select(length => Edit(1, $$"""{"index":0,"changes":[{{length}},[0,"{{length}}"]],"type":"code"}"""))]);
        Assert.Equal(["012345"], new Replayed(await HistoryAsync()).Cells);
    }

    [Fact]
    public async Task A_whole_notebook_puts_right_what_was_not_seen()
    {
        await SendAsync(
            Edit(0, """{"index":0,"doc":["old"],"type":"code"}"""),
            Sent.PioneerBody("NotebookSaveEvent", _start.AddSeconds(1), content: Sent.WholeNotebook));
        var replayed = new Replayed(await HistoryAsync());
        Assert.Equal(["import pandas\ndf.head()"], replayed.Cells);
        Assert.Equal(["a1"], replayed.Ids);
    }

    [Theory]
    [InlineData(1, 600)]
    [InlineData(2, 600)]
    [InlineData(3, 10_000)]
    public async Task Generated_edits_give_the_same_code_and_origins_as_plain_strings_do(int seed, int count)
    {
#pragma warning disable CA5394 // The same edits in every run.
        var random = new Random(seed);
        List<(string Text, string Origins)> cells = [("", ""), ("", ""), ("", "")];
        List<string> bodies = [Page(0, "NotebookOpenEvent", """{"cells":[{"id":"c0","type":"code","doc":[""]},{"id":"c1","type":"code","doc":[""]},{"id":"c2","type":"code","doc":[""]}]}""")];
        for (var i = 1; i <= count; i++)
        {
            var which = random.Next(3);
            var (text, origins) = cells[which];
            var at = random.Next(text.Length + 1);
            var removed = random.Next(3) == 0 ? Math.Min(random.Next(4), text.Length - at) : 0;
            // Letters that no deletion has had, one each, so that nothing seems to come back.
            var letters = new string([.. Enumerable.Range(0, random.Next(1, 3)).Select(n => (char)(0x4E00 + ((i * 2 + n) % 20_000)))]);
            var origin = new[] { "typed", "pasted", "tutor" }[random.Next(3)];
            bodies.Add(Page(i * 0.1, "CellEditEvent", $$"""{"cells":[{"id":"c{{which}}","index":{{which}},"type":"code"}],"changes":[{{at}},[{{removed}},"{{letters}}"],{{text.Length - at - removed}}],"origin":"{{origin}}","sequence":{{i}}}"""));
            cells[which] = (string.Concat(text.AsSpan(0, at), letters, text.AsSpan(at + removed)),
                string.Concat(origins.AsSpan(0, at), new string(origin == "tutor" ? 'T' : origin[0], letters.Length), origins.AsSpan(at + removed)));
        }
#pragma warning restore CA5394

        await SendAsync([.. bodies]);
        var replayed = new Replayed(await HistoryAsync());
        Assert.Equal(count + 1, replayed.Steps.Count);
        Assert.Equal(cells.Select(cell => cell.Text), replayed.Cells);
        Assert.Equal(cells.Select(cell => cell.Origins), [replayed.Origins(0), replayed.Origins(1), replayed.Origins(2)]);
    }

    [Fact]
    public async Task A_history_says_what_is_missing_or_too_much_and_is_for_instructors()
    {
        await SendAsync(Edit(0, """{"index":0,"doc":["a"],"type":"code"}"""));
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: _course));
        foreach (var query in new[] { "", "?notebook=Task.ipynb&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "?notebook=Task.ipynb&from=2020-01-01T00:00:00Z" })
        {
            using var refused = await instructor.GetAsync($"/telemetry/courses/{_course}/learners/learner-sam/history{query}");
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        var notebooks = await instructor.GetAsync($"/telemetry/courses/{_course}/learners/learner-sam/notebooks").JsonAsync();
        Assert.Equal("Task.ipynb", notebooks.GetProperty("notebooks")[0].GetProperty("notebook").GetString());
        using var student = app.ClientFor(TestIdentity.Student("sam", _course));
        using var forbidden = await student.GetAsync($"/telemetry/courses/{_course}/learners/learner-sam/history?notebook=Task.ipynb");
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);

        await using var replica = await app.ReplicaAsync(new KeyValuePair<string, string?>("CodeStates:MaxEvents", "100"));
        await SendAsync([.. Enumerable.Range(0, 101).Select(i => Edit(i, $$"""{"index":0,"changes":[{{i}},[0,"x"]],"type":"code"}"""))]);
        using var other = replica.ClientFor(TestIdentity.Instructor(course: _course));
        using var many = await other.GetAsync($"/telemetry/courses/{_course}/learners/learner-sam/history?notebook=Task.ipynb");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, many.StatusCode);
    }

    [Fact]
    public async Task What_is_not_known_of_cells_takes_no_room_and_what_is_no_output_is_not_shown()
    {
        // A few bytes each, that say how long a cell is of which nothing was seen; cells that go and come again are no way round.
        await SendAsync(
        [
            .. Enumerable.Range(0, 2000).Select(i => Edit(i * 0.002, $$"""{"index":{{i}},"changes":[200000],"type":"code"}""")),
            Page(5, "NotebookOpenEvent", """{"cells":[]}"""),
            Edit(6, """{"index":1999,"changes":[200000],"type":"code"}"""),
            Page(7, "CellOutputEvent", """{"cells":[{"id":"c1","index":0,"type":"code"}],"outputs":[null]}"""),
        ]);
        var history = await HistoryAsync();
        var steps = history.GetProperty("steps").EnumerateArray().ToList();
        Assert.Equal(2003, steps.Count);
        Assert.Equal(5, steps.Count(step => step.TryGetProperty("edits", out _)));
        Assert.Equal(1996, steps.Count(step => step.TryGetProperty("broken", out var broken) && broken.GetBoolean()));
        Assert.False(steps[^1].TryGetProperty("outputs", out _));
        await Calls.UntilAsync(() => app.OneAsync<bool>("SELECT EXISTS (SELECT FROM code_states WHERE course = $1)", _course), TimeSpan.FromSeconds(60));
        Assert.True(await app.OneAsync<int>("SELECT length(state) FROM code_states WHERE course = $1", _course) < 1_000_000);
    }

    [Fact]
    public async Task An_event_as_deep_as_is_taken_can_be_looked_at_everywhere()
    {
        await SendAsync(Edit(0, """{"index":0,"doc":["a"],"type":"code","deep":""" + Sent.Deep + "}"), Page(1, "TutorQuestion", $$"""{"deep":{{Sent.Deep}}}"""));
        Assert.Equal(["a", "a"], new Replayed(await HistoryAsync()).Steps.Select(step => step.Cells));
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: _course));
        var events = await instructor.GetAsync($"/telemetry/courses/{_course}/learners/learner-sam/events").DeepJsonAsync();
        Assert.Equal(2, events.GetProperty("events").GetArrayLength());
    }

    private string Edit(double seconds, string info) => Sent.PioneerBody("CellEditEvent", _start.AddSeconds(seconds), info);

    private string Page(double seconds, string type, string info) => Sent.PioneerBody(type, _start.AddSeconds(seconds), info);

    private static (int, int, int, int, int) Code(JsonElement history)
    {
        var code = history.GetProperty("code");
        return (code.GetProperty("existing").GetInt32(), code.GetProperty("typed").GetInt32(), code.GetProperty("pasted").GetInt32(), code.GetProperty("tutor").GetInt32(), code.GetProperty("unknown").GetInt32());
    }

    private async Task SendAsync(params string[] bodies)
    {
        using var student = app.ClientFor(TestIdentity.Student("sam", _course));
        foreach (var chunk in bodies.Chunk(5000))
        {
            var body = new StringBuilder("[").AppendJoin(',', chunk).Append(']').ToString();
            var (accepted, _, rejected) = await student.SendTextAsync(body).IngestedAsync();
            Assert.Equal((chunk.Length, ""), (accepted, rejected));
        }
    }

    private async Task<JsonElement> HistoryAsync()
    {
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: _course));
        return await instructor.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/telemetry/courses/{_course}/learners/learner-sam/history?notebook=Task.ipynb")).DeepJsonAsync();
    }
}
