using System.Text.Json.Nodes;

namespace Lyceum.CSharpKernel.Tests;

public sealed class DisplayTests(RunningKernel kernel) : IClassFixture<RunningKernel>
{
    [Theory]
    [InlineData("SVG(\"<svg/>\")", "image/svg+xml", "<svg/>")]
    [InlineData("HTML(\"<b>x</b>\")", "text/html", "<b>x</b>")]
    [InlineData("new Markdown(\"*x*\")", "text/markdown", "*x*")]
    [InlineData("new Image(new byte[] { 0xff, 0xd8, 0xff })", "image/jpeg", "/9j/")]
    public async Task Media_are_shown_in_their_own_format_and_as_text(string code, string mimeType, string expected)
    {
        var data = (await kernel.RunAsync(code)).Of("execute_result").Single().Content["data"]!;

        Assert.Equal(expected, data[mimeType]!.GetValue<string>());
        Assert.NotEmpty(data["text/plain"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_table_is_readable_without_html()
    {
        var run = await kernel.RunAsync("new[] { new { Name = \"Ada\", Age = 36, Born = 1815.5 }, new { Name = \"Grace\", Age = 9, Born = 1906.0 } }");
        Assert.Equal("Name   Age    Born\nAda     36  1815.5\nGrace    9    1906", run.Result);
    }

    [Fact]
    public async Task A_data_table_and_a_long_table_are_shown_too()
    {
        var data = await kernel.RunAsync("using System.Data;\nvar t = new DataTable(); t.Columns.Add(\"x\", typeof(int)); t.Rows.Add(1); t");
        var longer = await kernel.RunAsync("Enumerable.Range(0, 1000).Select(n => (n, n * n))");

        Assert.Equal("x\n1", data.Result);
        Assert.EndsWith("(the first 100 rows)", longer.Result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"a,b\".DisplayAs(\"text/csv\");", "text/csv", "\"a,b\"")]
    [InlineData("new { A = new[] { 1, 2 } }.DisplayAs(\"application/json\");", "application/json", "{\"A\":[1,2]}")]
    [InlineData("new byte[] { 1 }.DisplayAs(\"image/png\");", "image/png", "\"AQ==\"")]
    [InlineData("new[] { (1, 2) }.DisplayAs(\"text/html\");", "text/html", null)]
    public async Task DisplayAs_chooses_the_format(string code, string mimeType, string? expected)
    {
        var data = (await kernel.RunAsync(code)).Of("display_data").Single().Content["data"]!.AsObject();

        var (shown, value) = Assert.Single(data);
        Assert.Equal(mimeType, shown);
        if (expected is not null)
        {
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), value));
        }
    }

    [Fact]
    public async Task A_format_that_a_value_does_not_have_is_an_error()
    {
        var run = await kernel.RunAsync("5.DisplayAs(\"image/png\")");
        Assert.Contains("cannot be shown as image/png, only as text/plain", run.Error["evalue"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_shown_can_be_replaced_also_from_a_later_cell()
    {
        var first = await kernel.RunAsync("var shown = Display(1); shown.Update(2);");
        var second = await kernel.RunAsync("shown.Update(3)");
        var nothing = await kernel.RunAsync("Display(4)");

        var id = first.Of("display_data").Single().Content["transient"]!["display_id"]!.GetValue<string>();
        var updates = first.Of("update_display_data").Concat(second.Of("update_display_data")).Select(update => update.Content).ToList();
        Assert.Equal([id, id], updates.Select(update => update["transient"]!["display_id"]!.GetValue<string>()));
        Assert.Equal(["2", "3"], updates.Select(update => update["data"]!["text/plain"]!.GetValue<string>()));
        Assert.Null(nothing.Result);
    }

    [Theory]
    [InlineData("ClearOutput();", false)]
    [InlineData("ClearOutput(wait: true);", true)]
    public async Task Output_can_be_cleared(string code, bool wait)
    {
        var run = await kernel.RunAsync("Console.Write(1);" + code);
        Assert.Equal(["status", "execute_input", "stream", "clear_output", "status"], run.Outputs.Select(output => output.Type));
        Assert.Equal(wait, run.Of("clear_output").Single().Content["wait"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("Input(\"Name? \")", "Name? ", false)]
    [InlineData("Password(\"Word? \")", "Word? ", true)]
    [InlineData("Console.ReadLine()", "", false)]
    public async Task A_cell_asks_openly_or_for_a_password(string code, string prompt, bool isPassword)
    {
        var id = await kernel.SendAsync(Messaging.KernelChannel.Shell, "execute_request", new JsonObject { ["code"] = code });
        var question = await kernel.AnswerAsync("tea");

        Assert.Equal((prompt, isPassword), (question["prompt"]!.GetValue<string>(), question["password"]!.GetValue<bool>()));
        Assert.Equal("\"tea\"", new CellRun(await kernel.ReplyAsync(id), await kernel.OutputsOfAsync(id)).Result);
    }

    [Theory]
    [InlineData("?Math.Sqrt", "square root")]
    [InlineData("Math.Sqrt??", "square root")]
    [InlineData("string?", "string")]
    public async Task A_question_opens_the_pager(string code, string expected)
    {
        var page = Assert.Single((await kernel.RunAsync(code)).Reply["payload"]!.AsArray())!;

        Assert.Equal("page", page["source"]!.GetValue<string>());
        Assert.Contains(expected, page["data"]!["text/plain"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_about_nothing_says_so()
    {
        var run = await kernel.RunAsync("?nowhere");
        Assert.Equal("There is no 'nowhere'.\n", run.Stdout);
        Assert.Empty(run.Reply["payload"]!.AsArray());
    }

    [Fact]
    public async Task There_are_no_comms()
    {
        var reply = await kernel.AskAsync("comm_info_request", []);
        Assert.Empty(reply["comms"]!.AsObject());
    }

    [Fact]
    public async Task Tools_can_look_at_variables_and_tables()
    {
        await kernel.RunAsync("var seen = 41; IEnumerable<int> lazy = Enumerable.Range(0, 3).Select(n => n / 0);");
        var run = await kernel.RunAsync("seen++; var marks = new[] { (\"Ada\", 1.5), (\"Grace\", 2) };", new JsonObject
        {
            ["user_expressions"] = new JsonObject
            {
                ["variables"] = "global::Lyceum.Notebooks.Introspection.Variables()", ["table"] = "global::Lyceum.Notebooks.Introspection.Preview(marks)",
            },
        });

        var variables = Json(run, "variables").AsArray();
        Assert.Contains("""["seen","int","42"]""", variables.Select(variable => variable!.ToJsonString()));
        Assert.Equal("", variables.Single(variable => variable![0]!.GetValue<string>() == "lazy")![2]!.GetValue<string>());
        Assert.Equal("""{"headers":["Item1","Item2"],"rows":[["Ada",1.5],["Grace",2]]}""", Json(run, "table").ToJsonString());
    }

    private static JsonNode Json(CellRun run, string expression) => run.Reply["user_expressions"]![expression]!["data"]!["application/json"]!;
}
