using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests.Assistant;

public sealed class LintTests(AssistantFixture service) : IClassFixture<AssistantFixture>
{
    private const string Clean = "import math\n%matplotlib inline\ntotal = sum(x for x in known)\nmath.sqrt(total)";

    [Fact]
    public async Task Python_is_looked_at_and_not_run()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        await notebook.Client.RunAsync("known = [1]");
        (string, string)[] cells = [("a", Clean), ("b", "known.clear()\nprint(totall)\ndef f(x=[]):\n    return x == None"), ("c", "for i in known\n    pass")];

        Assert.Equal((string[])["c 1 error syntax"], await LintAsync(notebook, cells, "fast"));
        var notes = await LintAsync(notebook, cells, "thorough");
        Assert.Equal(
            (string[])["b 2 error undefined-name", "b 3 warning mutable-default", "b 4 warning none-comparison", "c 1 error syntax"],
            notes.Order(StringComparer.Ordinal));
        var known = await notebook.Client.RunAsync("known, 'totall' in globals(), 'note' in globals()");
        Assert.Equal("([1], False, False)", known.Single(message => message.Type == "execute_result").Content["data"]!["text/plain"]!.GetValue<string>());
    }

    [Fact]
    public async Task R_says_where_it_does_not_parse()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "ir");
        Assert.Equal((string[])["b 2 error syntax"], await LintAsync(notebook, [("a", "x <- 1\nstop('not run')"), ("b", "y <- 2\nif (y > 1 {")], "fast"));
        Assert.Equal((string[])[], await LintAsync(notebook, [("a", "x <- 1")], "fast"));
    }

    [Fact]
    public async Task Any_other_kernel_says_whether_a_cell_is_whole()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "csharp");
        Assert.Equal((string[])["b 1 error syntax", "c 1 error syntax"], await LintAsync(notebook, [("a", "var x = 1;"), ("b", "var = ;;)"), ("c", "if (true) {")], "fast"));
    }

    [Fact]
    public async Task What_cannot_be_looked_at_is_refused()
    {
        await using var notebook = await OpenNotebook.StartAsync(service, "python3");
        Assert.Contains("'mode'", (await SendAsync(notebook, [], "deep")).Text("evalue"), StringComparison.Ordinal);
        var without = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "lint_code_request", []));
        Assert.Contains("'cells'", without.Single(message => message.Type == "lint_code_reply").Text("evalue"), StringComparison.Ordinal);

        var running = await notebook.Client.ExecuteAsync("input()");
        await notebook.Client.UntilAsync(message => message.Type == "input_request");
        Assert.Equal("KernelBusy", (await SendAsync(notebook, [("a", "1")], "fast")).Text("ename"));
        await notebook.Client.SendAsync("stdin", "input_reply", new JsonObject { ["value"] = "" });
        await notebook.Client.UntilAsync(message => message.ParentId == running && message.Type == "execute_reply");
    }

    private static async Task<string[]> LintAsync(OpenNotebook notebook, (string Id, string Content)[] cells, string mode)
    {
        var reply = await SendAsync(notebook, cells, mode);
        Assert.True(reply.Text("status") == "ok", reply.Content.ToJsonString());
        Assert.Equal("n1", reply.Content["return"]!["notebook_id"]!.GetValue<string>());
        return [.. reply.Content["return"]!["notes"]!.AsArray().Select(note => $"{note!["cell_id"]} {note["line"]} {note["severity"]} {note["rule"]}")];
    }

    private static async Task<Received> SendAsync(OpenNotebook notebook, (string Id, string Content)[] cells, string mode)
    {
        var messages = await notebook.Client.CollectAsync(await notebook.Client.SendAsync("shell", "lint_code_request", new JsonObject
        {
            ["notebook_id"] = "n1",
            ["cells"] = new JsonArray([.. cells.Select(cell => new JsonObject { ["cell_id"] = cell.Id, ["content"] = cell.Content })]),
            ["mode"] = mode,
        }));
        var reply = messages.Single(message => message.Type == "lint_code_reply");
        Assert.Equal(reply.Text("status") == "ok", messages.Any(message => message.Type == "lint_code_result"));
        return reply;
    }
}
