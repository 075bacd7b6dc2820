using System.Text.Json.Nodes;

namespace Lyceum.CSharpKernel.Tests;

public sealed class CodeQuestionTests(RunningKernel kernel) : IClassFixture<RunningKernel>
{
    [Theory]
    [InlineData("Console.Wri", 8, "WriteLine")]
    [InlineData("System.Coll", 7, "Collections")]
    [InlineData("var xs = new Li", 13, "List")]
    [InlineData("var xs = new List<int>();\nxs.Wh", 29, "Where")]
    [InlineData("whi", 0, "while")]
    [InlineData("DayOfWeek.", 10, "Monday")]
    [InlineData("\"🎓\".Len", 4, "Length")]
    [InlineData("string s = null; s?.Tr", 20, "Trim")]
    [InlineData("using System.Te", 13, "Text")]
    public async Task Completion_offers_what_fits_at_the_cursor(string code, int start, string expected)
    {
        var end = code.EnumerateRunes().Count();
        var reply = await kernel.AskAsync("complete_request", new JsonObject { ["code"] = code, ["cursor_pos"] = end });

        Assert.Contains(expected, reply["matches"]!.AsArray().Select(match => match!.GetValue<string>()));
        Assert.Equal((start, end), (reply["cursor_start"]!.GetValue<int>(), reply["cursor_end"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Completion_knows_the_cells_that_ran_and_puts_the_users_names_first()
    {
        await kernel.RunAsync("var consumption = 5; record Consumer(string Name) { public int Debt; }");
        var names = await kernel.AskAsync("complete_request", new JsonObject { ["code"] = "cons", ["cursor_pos"] = 4 });
        var members = await kernel.AskAsync("complete_request", new JsonObject { ["code"] = "new Consumer(\"\").", ["cursor_pos"] = 17 });

        Assert.Equal("consumption", names["matches"]![0]!.GetValue<string>());
        Assert.Contains("Debt", members["matches"]!.AsArray().Select(match => match!.GetValue<string>()));
        Assert.Equal("instance", names["metadata"]!["_jupyter_types_experimental"]![0]!["type"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("\"Cons")]
    [InlineData("// Cons")]
    [InlineData("var n = 12")]
    public async Task Nothing_is_offered_inside_of_text_and_numbers(string code)
    {
        var reply = await kernel.AskAsync("complete_request", new JsonObject { ["code"] = code, ["cursor_pos"] = code.Length });
        Assert.Empty(reply["matches"]!.AsArray());
    }

    [Fact]
    public async Task Inspection_shows_signatures_and_documentation()
    {
        var method = await InspectAsync("Math.Sqrt(2)", 7);
        var call = await InspectAsync("Console.WriteLine(", 18);
        await kernel.RunAsync("/// <summary>Adds two numbers.</summary>\nint Add(int a, int b) => a + b;\nvar sum = Add(1, 2);");
        var own = await InspectAsync("Add", 2);
        var variable = await InspectAsync("sum", 1);
        var nothing = await kernel.AskAsync("inspect_request", new JsonObject { ["code"] = "   ", ["cursor_pos"] = 1 });

        Assert.StartsWith("double Math.Sqrt(double d)", method, StringComparison.Ordinal);
        Assert.Contains("square root", method, StringComparison.Ordinal);
        Assert.Contains("void Console.WriteLine(string? value)", call, StringComparison.Ordinal);
        Assert.Contains("Adds two numbers.", own, StringComparison.Ordinal);
        Assert.Contains("Value: 3", variable, StringComparison.Ordinal);
        Assert.False(nothing["found"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("1 + 1", "complete", null)]
    [InlineData("if (true) {", "incomplete", "    ")]
    [InlineData("int F(", "incomplete", "")]
    [InlineData("int x = ;", "invalid", null)]
    public async Task Completeness_is_told(string code, string status, string? indent)
    {
        var reply = await kernel.AskAsync("is_complete_request", new JsonObject { ["code"] = code });
        Assert.Equal((status, indent), (reply["status"]!.GetValue<string>(), reply["indent"]?.GetValue<string>()));
    }

    [Fact]
    public async Task The_history_has_the_cells_that_were_stored()
    {
        var run = await kernel.RunAsync("6 * 7");
        await kernel.RunAsync("8", new JsonObject { ["store_history"] = false });
        var reply = await kernel.AskAsync("history_request", new JsonObject { ["hist_access_type"] = "tail", ["n"] = 1, ["output"] = true, ["raw"] = true });

        Assert.Equal($"""[[0,{run.Reply["execution_count"]},["6 * 7","42"]]]""", reply["history"]!.ToJsonString());
    }

    private async Task<string> InspectAsync(string code, int position) =>
        (await kernel.AskAsync("inspect_request", new JsonObject { ["code"] = code, ["cursor_pos"] = position, ["detail_level"] = 0 }))
            ["data"]!["text/plain"]!.GetValue<string>();
}
