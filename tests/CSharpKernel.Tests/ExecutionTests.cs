using System.Text.Json.Nodes;

namespace Lyceum.CSharpKernel.Tests;

public sealed class ExecutionTests(RunningKernel kernel) : IClassFixture<RunningKernel>
{
    [Theory]
    [InlineData("1 + 1", "2")]
    [InlineData("2.5", "2.5")]
    [InlineData("\"a\\n\" + 'b'", "\"a\\nb\"")]
    [InlineData("'x'", "'x'")]
    [InlineData("true", "true")]
    [InlineData("(string)null", "null")]
    [InlineData("new List<int> { 1, 2 }", "List<int>(2) { 1, 2 }")]
    [InlineData("new[,] { { 1 } }.GetType()", "typeof(int[,])")]
    [InlineData("Enumerable.Range(0, 3).Where(n => n > 0)", "IEnumerable<int> { 1, 2 }")]
    [InlineData("new Dictionary<string, int?> { [\"a\"] = null }", "Dictionary<string, int?>(1) { [\"a\"] = null }")]
    [InlineData("new { Name = \"Ada\", Marks = new[] { 1, 2 } }", "{ Name = \"Ada\", Marks = int[](2) { 1, 2 } }")]
    [InlineData("record Point(int X, int Y); new Point(1, 2)", "Point { X = 1, Y = 2 }")]
    [InlineData("(1, \"b\")", "(1, \"b\")")]
    [InlineData("DayOfWeek.Friday", "DayOfWeek.Friday")]
    [InlineData("new DateOnly(2024, 2, 29)", "2024-02-29")]
    [InlineData("await Task.FromResult(7)", "7")]
    public async Task The_last_expression_is_the_result(string code, string expected)
    {
        var run = await kernel.RunAsync(code);
        Assert.Equal((expected, "ok"), (run.Result, run.Status));
    }

    [Theory]
    [InlineData("var quiet = 1;")]
    [InlineData("Console.Write(\"\")")]
    [InlineData("// nothing")]
    [InlineData("")]
    [InlineData("using System.Diagnostics;")]
    public async Task A_cell_without_a_last_expression_has_no_result(string code)
    {
        var run = await kernel.RunAsync(code);
        Assert.Equal((null, "ok"), (run.Result, run.Status));
    }

    [Fact]
    public async Task Infinite_and_self_containing_values_are_cut_short()
    {
        var endless = await kernel.RunAsync("IEnumerable<int> Endless() { for (var i = 0; ; i++) yield return i; }\nEndless()");
        var itself = await kernel.RunAsync("var circle = new List<object>(); circle.Add(circle); circle");

        Assert.EndsWith("...\n}", endless.Result, StringComparison.Ordinal);
        Assert.Equal("List<object>(1) { (itself) }", itself.Result);
    }

    [Fact]
    public async Task Later_cells_use_what_earlier_ones_declared_even_those_that_failed()
    {
        await kernel.RunAsync("int Twice(int n) => 2 * n;\nrecord Animal(string Name);");
        var failed = await kernel.RunAsync("var kept = new Animal(\"cat\");\nthrow new Exception(\"after\");");
        var run = await kernel.RunAsync("$\"{kept.Name} {Twice(21)}\"");

        Assert.Equal("error", failed.Status);
        Assert.Equal("\"cat 42\"", run.Result);
    }

    [Fact]
    public async Task Output_comes_in_order_and_complete()
    {
        var mixed = await kernel.RunAsync("Console.Write(\"a\"); Console.Error.Write(\"b\"); Console.WriteLine(\"c\"); Display(1); Console.Write(\"d\"); 2");
        var flood = await kernel.RunAsync("for (var i = 0; i < 20_000; i++) Console.WriteLine(i);");

        Assert.Equal(
            ["status", "execute_input", "stream", "stream", "stream", "display_data", "stream", "execute_result", "status"],
            mixed.Outputs.Select(output => output.Type));
        Assert.Equal(("ac\nd", "b"), (mixed.Stdout, mixed.Stderr));
        Assert.Equal(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i}\n")), flood.Stdout);
        Assert.InRange(flood.Of("stream").Count(), 1, 2_000);
    }

    [Fact]
    public async Task Output_is_shown_while_the_cell_still_runs()
    {
        var seen = false;
        var run = await kernel.RunAsync("Console.Write(\"now\"); Console.ReadLine()", onOutput: async output =>
        {
            if (output.Type == "stream")
            {
                seen = output.Text("text") == "now";
                await kernel.AnswerAsync("then");
            }
        });

        Assert.True(seen);
        Assert.Equal("\"then\"", run.Result);
    }

    [Fact]
    public async Task Output_of_a_task_that_outlives_its_cell_belongs_to_that_cell()
    {
        var first = await kernel.SendAsync(Messaging.KernelChannel.Shell, "execute_request", new JsonObject { ["code"] = "var gate = new TaskCompletionSource(); var late = Task.Run(async () => { await gate.Task; Console.Write(\"late\"); });" });
        await kernel.OutputsOfAsync(first);
        var second = await kernel.SendAsync(Messaging.KernelChannel.Shell, "execute_request", new JsonObject { ["code"] = "gate.SetResult(); await late; Console.Write(\"mine\");" });

        var texts = new Dictionary<string, string>();
        await kernel.OutputsOfAnyAsync(second, output =>
        {
            if (output.Type == "stream")
            {
                texts[output.Parent!] = output.Text("text");
            }
        });

        Assert.Equal(("late", "mine"), (texts[first], texts[second]));
    }

    [Fact]
    public async Task Tables_are_shown_as_html_too()
    {
        var run = await kernel.RunAsync("new[] { new { Name = \"<b>\", Age = 1 }, new { Name = \"x\", Age = 2 } }");
        Assert.Equal(
            "<table><thead><tr><th>Name</th><th>Age</th></tr></thead><tbody><tr><td>&lt;b&gt;</td><td>1</td></tr><tr><td>x</td><td>2</td></tr></tbody></table>",
            run.Of("execute_result").Single().Content["data"]!["text/html"]!.GetValue<string>());
    }

    [Fact]
    public async Task Display_shows_values_and_formats()
    {
        var run = await kernel.RunAsync("HTML(\"<i>x</i>\").Display(); Display(\"{\\\"a\\\": 1}\", \"application/json\"); 5.Display();");
        var data = run.Of("display_data").Select(output => output.Content["data"]!.AsObject()).ToList();

        Assert.Equal("<i>x</i>", data[0]["text/html"]!.GetValue<string>());
        Assert.Equal(1, data[1]["application/json"]!["a"]!.GetValue<int>());
        Assert.Equal("5", data[2]["text/plain"]!.GetValue<string>());
    }

    [Fact]
    public async Task Silent_cells_neither_count_nor_show_a_result()
    {
        var before = await kernel.RunAsync("1");
        var silent = await kernel.RunAsync("2", new JsonObject { ["silent"] = true });
        var unstored = await kernel.RunAsync("3", new JsonObject { ["store_history"] = false });
        var after = await kernel.RunAsync("4");

        Assert.Equal(["status", "status"], silent.Outputs.Select(output => output.Type));
        Assert.Equal("3", unstored.Result);
        Assert.Equal(Count(before) + 1, Count(after));

        static int Count(CellRun run) => run.Reply["execution_count"]!.GetValue<int>();
    }

    [Fact]
    public async Task User_expressions_are_evaluated_after_the_cell()
    {
        var run = await kernel.RunAsync("var side = 6;", new JsonObject { ["user_expressions"] = new JsonObject { ["area"] = "side * side", ["bad"] = "nothing" } });
        var values = run.Reply["user_expressions"]!;

        Assert.Equal("36", values["area"]!["data"]!["text/plain"]!.GetValue<string>());
        Assert.Equal(("error", "CS0103"), (values["bad"]!["status"]!.GetValue<string>(), values["bad"]!["ename"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("int.TryParse(\"42\", out var parsed)", "parsed", "42")]
    [InlineData("using System.Numerics;", "new Complex(1, 2).Real", "1")]
    [InlineData("int Twice(int n) => 2 * n;", "Twice(4)", "8")]
    [InlineData("#r \"System.Xml.XDocument\"\nusing System.Xml.Linq;", "new XElement(\"a\").Name.LocalName", "\"a\"")]
    public async Task What_an_expression_or_directive_brings_is_there_also_behind_cells_that_bring_nothing(string code, string use, string expected)
    {
        await kernel.RunAsync(code);
        await kernel.RunAsync("1 + 1");
        await kernel.RunAsync("Console.Write(0);");
        Assert.Equal(expected, (await kernel.RunAsync(use)).Result);
    }

    [Theory]
    [InlineData(true, "aborted")]
    [InlineData(false, "ok")]
    public async Task Cells_sent_behind_a_failing_one_wait_for_stop_on_error(bool stop, string expected)
    {
        var failing = await kernel.SendAsync(Messaging.KernelChannel.Shell, "execute_request", new JsonObject { ["code"] = "Thread.Sleep(300); throw new Exception();", ["stop_on_error"] = stop });
        var waiting = await kernel.SendAsync(Messaging.KernelChannel.Shell, "execute_request", new JsonObject { ["code"] = "1" });

        Assert.Equal("error", (await kernel.ReplyAsync(failing))["status"]!.GetValue<string>());
        Assert.Equal(expected, (await kernel.ReplyAsync(waiting))["status"]!.GetValue<string>());
        await kernel.OutputsOfAsync(waiting);
    }

    [Fact]
    public async Task Input_without_anybody_to_ask_is_an_error_of_the_cell()
    {
        var run = await kernel.RunAsync("Console.ReadLine()", new JsonObject { ["allow_stdin"] = false });
        Assert.Contains("allow_stdin", run.Error["evalue"]!.GetValue<string>(), StringComparison.Ordinal);
    }
}
