using System.Net;
using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests.Contents;

public sealed class NotebookTests(KernelServiceFixture fixture) : IClassFixture<KernelServiceFixture>
{
    private readonly HttpClient _sam = fixture.ClientOf(KernelServiceFixture.Sam);

    [Fact]
    public async Task A_notebook_that_was_saved_comes_back_as_it_was()
    {
        var notebook = ContentsRest.Notebook("Console.WriteLine(\"größer 🎓\");\n1 + 1");
        using var first = await _sam.SaveAsync("round trip.ipynb", new JsonObject { ["type"] = "notebook", ["format"] = "json", ["content"] = notebook.DeepClone() });
        using var second = await _sam.SaveAsync("round trip.ipynb", new JsonObject { ["type"] = "notebook", ["format"] = "json", ["content"] = notebook.DeepClone() });

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal("/api/contents/round%20trip.ipynb", first.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        var model = await _sam.GetModelAsync("round trip.ipynb");
        Assert.Equal(("notebook", "json"), (model["type"]!.GetValue<string>(), model["format"]!.GetValue<string>()));
        Assert.True(JsonNode.DeepEquals(notebook, model["content"]), model["content"]!.ToJsonString());
    }

    [Fact]
    public async Task On_disk_a_notebook_has_its_code_line_by_line()
    {
        using var saved = await _sam.SaveAsync("lines.ipynb", new JsonObject { ["type"] = "notebook", ["content"] = ContentsRest.Notebook("a\nb\n") });

        var onDisk = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(fixture.WorkspaceOf(KernelServiceFixture.Sam), "lines.ipynb")))!;
        Assert.Equal("""["a\n","b\n"]""", onDisk["cells"]![0]!["source"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}""", "cells must be an array")]
    [InlineData("""{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}""", "nbformat is 3")]
    [InlineData("""{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{"cell_type": "code", "metadata": {}, "source": "", "outputs": []}]}""", "cells[0]: execution_count")]
    [InlineData("""{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "raw", "id": "a b", "metadata": {}, "source": ""}]}""", "cells[0]: id")]
    [InlineData("""{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{"cell_type": "cell", "metadata": {}, "source": ""}]}""", "cells[0]: cell_type")]
    [InlineData("[]", "a notebook is a JSON object")]
    public async Task What_is_no_notebook_is_refused_with_what_is_wrong(string content, string expected)
    {
        using var response = await _sam.SaveAsync("wrong.ipynb", new JsonObject { ["type"] = "notebook", ["content"] = JsonNode.Parse(content) });

        Assert.Contains(expected, await response.AssertErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        using var absent = await _sam.GetAsync(ContentsRest.Uri("wrong.ipynb"));
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
    }

    [Fact]
    public async Task A_broken_notebook_on_disk_can_still_be_opened_as_text()
    {
        using var saved = await _sam.SaveTextAsync("broken.ipynb", "{ not json");
        using var asNotebook = await _sam.GetAsync(ContentsRest.Uri("broken.ipynb"));

        Assert.Contains("Unreadable notebook", await asNotebook.AssertErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Equal("{ not json", (await _sam.GetModelAsync("broken.ipynb?type=file&format=text"))["content"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_new_workspace_has_a_welcome_that_stays_deleted()
    {
        var newcomer = Testing.TestIdentity.Student("newcomer");
        using var client = fixture.ClientOf(newcomer);
        var names = (await client.GetModelAsync(""))["content"]!.AsArray().Select(entry => entry!["name"]!.GetValue<string>());
        Assert.Equal(["Welcome.ipynb"], names);
        var welcome = (await client.GetModelAsync("Welcome.ipynb"))["content"]!;
        Assert.Contains(welcome["metadata"]!["kernelspec"]!["name"]!.GetValue<string>(), new[] { "python3", "csharp" });
        Assert.Contains(welcome["cells"]!.AsArray(), cell => cell!["id"]!.GetValue<string>() == "failing-cell");

        using var deleted = await client.DeleteAsync(ContentsRest.Uri("Welcome.ipynb"));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty((await client.GetModelAsync(""))["content"]!.AsArray());
    }
}
