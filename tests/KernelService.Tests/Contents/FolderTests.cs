using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Contents;

public sealed class FolderTests(KernelServiceFixture fixture) : IClassFixture<KernelServiceFixture>
{
    private readonly HttpClient _sam = fixture.ClientOf(KernelServiceFixture.Sam);

    [Fact]
    public async Task A_listing_has_the_models_without_content_and_without_hidden_files()
    {
        await MakeAsync("listed");
        using var file = await _sam.SaveTextAsync("listed/a.txt", "x");
        using var folder = await _sam.SaveAsync("listed/sub", new JsonObject { ["type"] = "directory" });
        await File.WriteAllTextAsync(Path.Combine(fixture.WorkspaceOf(KernelServiceFixture.Sam), "listed", ".hidden"), "");

        var model = await _sam.GetModelAsync("listed");

        Assert.Equal(("directory", "json"), (model["type"]!.GetValue<string>(), model["format"]!.GetValue<string>()));
        var entries = model["content"]!.AsArray();
        Assert.Equal(["listed/a.txt", "listed/sub"], entries.Select(entry => entry!["path"]!.GetValue<string>()));
        Assert.All(entries, entry => Assert.Null(entry!["content"]));
        Assert.Null((await _sam.GetModelAsync("listed?content=0"))["content"]);
        using var hidden = await _sam.GetAsync(ContentsRest.Uri("listed/.hidden"));
        await hidden.AssertErrorAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("notebook", null, "Untitled.ipynb", "Untitled1.ipynb")]
    [InlineData("file", ".cs", "untitled.cs", "untitled1.cs")]
    [InlineData("directory", null, "Untitled Folder", "Untitled Folder 1")]
    public async Task New_things_get_names_that_are_free(string type, string? extension, string first, string second)
    {
        var folder = $"new-{type}";
        await MakeAsync(folder);
        foreach (var name in new[] { first, second })
        {
            using var made = await _sam.PostAsJsonAsync(ContentsRest.Uri(folder), new JsonObject { ["type"] = type, ["ext"] = extension });
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
            Assert.Equal($"{folder}/{name}", (await made.JsonAsync())["path"]!.GetValue<string>());
            Assert.Equal(type, (await _sam.GetModelAsync($"{folder}/{name}"))["type"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_copy_stands_beside_its_original()
    {
        await MakeAsync("copies");
        using var saved = await _sam.SaveTextAsync("copies/a.txt", "content");
        foreach (var name in new[] { "a-Copy1.txt", "a-Copy2.txt" })
        {
            using var copy = await _sam.PostAsJsonAsync(ContentsRest.Uri("copies"), new JsonObject { ["copy_from"] = "copies/a.txt" });
            Assert.Equal(name, (await copy.JsonAsync())["name"]!.GetValue<string>());
        }

        Assert.Equal("content", (await _sam.GetModelAsync("copies/a-Copy2.txt"))["content"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_rename_moves_and_never_overwrites()
    {
        await MakeAsync("moves");
        await MakeAsync("moves/inner");
        using var one = await _sam.SaveTextAsync("moves/one.txt", "1");
        using var two = await _sam.SaveTextAsync("moves/two.txt", "2");

        using var taken = await _sam.PatchAsJsonAsync(ContentsRest.Uri("moves/one.txt"), new JsonObject { ["path"] = "moves/two.txt" });
        using var moved = await _sam.PatchAsJsonAsync(ContentsRest.Uri("moves/one.txt"), new JsonObject { ["path"] = "moves/inner/three.txt" });
        using var intoItself = await _sam.PatchAsJsonAsync(ContentsRest.Uri("moves"), new JsonObject { ["path"] = "moves/inner/moves" });

        await taken.AssertErrorAsync(HttpStatusCode.Conflict);
        Assert.Equal("moves/inner/three.txt", (await moved.JsonAsync())["path"]!.GetValue<string>());
        Assert.Equal("1", (await _sam.GetModelAsync("moves/inner/three.txt"))["content"]!.GetValue<string>());
        Assert.Contains("into itself", await intoItself.AssertErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_empty_directories_are_deleted()
    {
        await MakeAsync("full");
        using var saved = await _sam.SaveTextAsync("full/a.txt", "1");
        using var refused = await _sam.DeleteAsync(ContentsRest.Uri("full"));
        using var file = await _sam.DeleteAsync(ContentsRest.Uri("full/a.txt"));
        using var folder = await _sam.DeleteAsync(ContentsRest.Uri("full"));
        using var again = await _sam.DeleteAsync(ContentsRest.Uri("full"));
        using var workspace = await _sam.DeleteAsync(ContentsRest.Uri(""));

        Assert.Contains("not empty", await refused.AssertErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (file.StatusCode, folder.StatusCode));
        await again.AssertErrorAsync(HttpStatusCode.NotFound);
        await workspace.AssertErrorAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Users_do_not_see_each_others_files()
    {
        using var other = fixture.ClientOf(TestIdentity.Student("olga"));
        using var saved = await _sam.SaveTextAsync("mine.txt", "secret");
        using var response = await other.GetAsync(ContentsRest.Uri("mine.txt"));
        await response.AssertErrorAsync(HttpStatusCode.NotFound);
        using var anonymous = fixture.Anonymous();
        using var refused = await anonymous.GetAsync(ContentsRest.Uri("mine.txt"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private async Task MakeAsync(string path)
    {
        using var made = await _sam.SaveAsync(path, new JsonObject { ["type"] = "directory" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
    }
}
