using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests.Sessions;

public sealed class SessionTests(KernelServiceFixture service) : IClassFixture<KernelServiceFixture>
{
    [Fact]
    public async Task A_session_is_made_found_again_renamed_given_another_kernel_and_ended()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        using var created = await rest.PostAsJsonAsync(JupyterRest.Path("/api/sessions"), Body("hw/a.ipynb"));
        var session = await created.JsonAsync();
        var id = session["id"]!.GetValue<string>();
        var kernel = session["kernel"]!["id"]!.GetValue<string>();
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(("hw/a.ipynb", "notebook", "hw/a.ipynb"), (session["path"]!.GetValue<string>(), session["type"]!.GetValue<string>(), session["notebook"]!["path"]!.GetValue<string>()));

        using var again = await rest.PostAsJsonAsync(JupyterRest.Path("/api/sessions"), Body("hw/a.ipynb"));
        Assert.Equal(id, (await again.JsonAsync())["id"]!.GetValue<string>());

        using var renamed = await rest.PatchAsJsonAsync(JupyterRest.Path($"/api/sessions/{id}"), new JsonObject { ["path"] = "hw/b.ipynb", ["name"] = "b" });
        Assert.Equal("hw/b.ipynb", (await renamed.JsonAsync())["path"]!.GetValue<string>());

        using var changed = await rest.PatchAsJsonAsync(JupyterRest.Path($"/api/sessions/{id}"), new JsonObject { ["kernel"] = new JsonObject { ["name"] = "python3" } });
        var next = (await changed.JsonAsync())["kernel"]!["id"]!.GetValue<string>();
        Assert.NotEqual(kernel, next);
        using var old = await rest.GetAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);

        using var deleted = await rest.DeleteAsync(JupyterRest.Path($"/api/sessions/{id}"));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await rest.GetAsync(JupyterRest.Path($"/api/sessions/{id}"));
        Assert.Contains(id, await gone.AssertErrorAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
        using var kernelGone = await rest.GetAsync(JupyterRest.Path($"/api/kernels/{next}"));
        Assert.Equal(HttpStatusCode.NotFound, kernelGone.StatusCode);
    }

    [Fact]
    public async Task A_session_works_in_its_notebooks_folder_if_that_is_inside_the_workspace()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var workspace = service.WorkspaceOf(KernelServiceFixture.Sam);
        Directory.CreateDirectory(Path.Combine(workspace, "unit 1"));
        Directory.CreateSymbolicLink(Path.Combine(workspace, "way-out"), "/usr");
        Assert.Equal(Path.Combine(workspace, "unit 1"), await FolderAsync("unit 1/a.ipynb"));
        Assert.Equal(Path.Combine(workspace, "unit 1"), await FolderAsync("unit 1"));
        Assert.Equal(Path.Combine(workspace, "unit 1"), await FolderAsync("unit 1/not/there/a.ipynb"));
        Assert.Equal(workspace, await FolderAsync("../../etc/a.ipynb"));
        Assert.Equal(workspace, await FolderAsync("way-out/a.ipynb"));

        async Task<string> FolderAsync(string path)
        {
            using var created = await rest.PostAsJsonAsync(JupyterRest.Path("/api/sessions"), Body(path));
            var session = await created.JsonAsync();
            await using var client = await NotebookClient.ConnectAsync(service, session["kernel"]!["id"]!.GetValue<string>(), KernelServiceFixture.Sam);
            var messages = await client.RunAsync("import os\nprint(os.getcwd(), flush=True)");
            await rest.DeleteAsync(JupyterRest.Path($"/api/sessions/{session["id"]!.GetValue<string>()}"));
            return messages.First(message => message.Type == "stream").Text("text").TrimEnd();
        }
    }

    [Fact]
    public async Task A_session_without_a_path_or_with_an_unknown_kernel_is_refused()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        using var pathless = await rest.PostAsJsonAsync(JupyterRest.Path("/api/sessions"), new JsonObject());
        Assert.Contains("path", await pathless.AssertErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        using var unknown = await rest.PostAsJsonAsync(JupyterRest.Path("/api/sessions"), new JsonObject { ["path"] = "x.ipynb", ["kernel"] = new JsonObject { ["id"] = "no-such" } });
        Assert.Contains("no-such", await unknown.AssertErrorAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
    }

    private static JsonObject Body(string path) => new()
    {
        ["path"] = path, ["name"] = "", ["type"] = "notebook", ["kernel"] = new JsonObject { ["name"] = "python3" },
    };
}
