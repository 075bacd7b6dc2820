using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests.Contents;

/// <summary>Nothing that a client writes, and nothing that a kernel puts into the workspace, leads out of it.</summary>
public sealed class EscapeTests : IClassFixture<KernelServiceFixture>, IDisposable
{
    private const string Secret = "not yours";
    private readonly string _outside = Directory.CreateTempSubdirectory("lyceum-outside-").FullName;
    private readonly string _workspace;
    private readonly HttpClient _sam;

    public EscapeTests(KernelServiceFixture fixture)
    {
        _sam = fixture.ClientOf(KernelServiceFixture.Sam);
        _workspace = fixture.WorkspaceOf(KernelServiceFixture.Sam);
        Directory.CreateDirectory(_workspace);
        File.WriteAllText(Path.Combine(_outside, "secret.txt"), Secret);
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(_workspace)!, "secret.txt"), Secret);
    }

    public void Dispose() => Directory.Delete(_outside, recursive: true);

    [Theory]
    [InlineData("../secret.txt")]
    [InlineData("a/../../secret.txt")]
    [InlineData("%2e%2e/secret.txt")]
    [InlineData("%2e%2e%2fsecret.txt")]
    [InlineData("..%2fsecret.txt")]
    [InlineData("..%252fsecret.txt")]
    [InlineData("%252e%252e/secret.txt")]
    [InlineData("..%5csecret.txt")]
    [InlineData("..\\secret.txt")]
    [InlineData("..%c0%afsecret.txt")]
    [InlineData("secret.txt%00.ipynb")]
    [InlineData("//etc/passwd")]
    [InlineData("%2fetc%2fpasswd")]
    [InlineData("...//secret.txt")]
    [InlineData("~/secret.txt")]
    public async Task No_spelling_of_a_path_leads_out(string path)
    {
        foreach (var prefix in new[] { "/api/contents/", "/files/" })
        {
            using var response = await _sam.GetRawAsync(prefix + path);
            var body = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{prefix}{path}: {response.StatusCode}");
            Assert.DoesNotContain(Secret, body, StringComparison.Ordinal);
            Assert.DoesNotContain("root:", body, StringComparison.Ordinal);
            Assert.DoesNotContain(_workspace, body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("../stolen.txt")]
    [InlineData("..\\stolen.txt")]
    [InlineData("/../stolen.txt")]
    [InlineData("a\0b")]
    [InlineData(".hidden")]
    public async Task Neither_do_the_paths_in_a_body(string path)
    {
        using var saved = await _sam.SaveTextAsync("source.txt", "x");
        using var renamed = await _sam.PatchAsJsonAsync(ContentsRest.Uri("source.txt"), new JsonObject { ["path"] = path });
        using var copied = await _sam.PostAsJsonAsync(ContentsRest.Uri(""), new JsonObject { ["copy_from"] = path });

        Assert.True(renamed.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound);
        Assert.True(copied.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound);
        Assert.True(File.Exists(Path.Combine(_workspace, "source.txt")));
    }

    [Fact]
    public async Task An_extension_is_no_way_out_either()
    {
        using var response = await _sam.PostAsJsonAsync(ContentsRest.Uri(""), new JsonObject { ["type"] = "file", ["ext"] = "/../../x" });
        await response.AssertErrorAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Links_are_neither_listed_nor_followed()
    {
        Link("link.txt", Path.Combine(_outside, "secret.txt"));
        Link("linked", _outside);
        Link("dangling.txt", Path.Combine(_outside, "made.txt"));

        var names = (await _sam.GetModelAsync(""))["content"]!.AsArray().Select(entry => entry!["name"]!.GetValue<string>()).ToList();
        Assert.DoesNotContain("link.txt", names);
        Assert.DoesNotContain("linked", names);
        foreach (var path in new[] { "link.txt", "linked/secret.txt", "linked", "dangling.txt" })
        {
            using var read = await _sam.GetAsync(ContentsRest.Uri(path));
            Assert.Contains("Links", await read.AssertErrorAsync(HttpStatusCode.Forbidden), StringComparison.Ordinal);
            using var download = await _sam.GetAsync(new Uri($"/files/{path}", UriKind.Relative));
            await download.AssertErrorAsync(HttpStatusCode.Forbidden);
            using var deleted = await _sam.DeleteAsync(ContentsRest.Uri(path));
            await deleted.AssertErrorAsync(HttpStatusCode.Forbidden);
        }

        using var throughFile = await _sam.SaveTextAsync("dangling.txt", "x");
        using var throughFolder = await _sam.SaveTextAsync("linked/new.txt", "x");
        using var checkpoint = await _sam.PostAsync(ContentsRest.Uri("link.txt/checkpoints"), null);
        foreach (var response in new[] { throughFile, throughFolder, checkpoint })
        {
            await response.AssertErrorAsync(HttpStatusCode.Forbidden);
        }

        Assert.Equal(["secret.txt"], Directory.EnumerateFiles(_outside).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_linked_checkpoint_folder_is_not_written_through()
    {
        Directory.CreateDirectory(Path.Combine(_workspace, "course"));
        Link("course/.ipynb_checkpoints", _outside);
        using var saved = await _sam.SaveTextAsync("course/a.txt", "x");
        using var checkpoint = await _sam.PostAsync(ContentsRest.Uri("course/a.txt/checkpoints"), null);
        await checkpoint.AssertErrorAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_pipe_does_not_hold_a_request()
    {
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(_workspace, "pipe.txt")]);
        await mkfifo.WaitForExitAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var response = await _sam.GetAsync(ContentsRest.Uri("pipe.txt"), limit.Token);
        await response.AssertErrorAsync(HttpStatusCode.Forbidden);
    }

    private void Link(string path, string target)
    {
        var link = Path.Combine(_workspace, path);
        File.Delete(link);
        File.CreateSymbolicLink(link, target);
    }
}
