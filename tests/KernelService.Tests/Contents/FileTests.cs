using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests.Contents;

public sealed class FileTests(KernelServiceFixture fixture) : IClassFixture<KernelServiceFixture>
{
    private readonly HttpClient _sam = fixture.ClientOf(KernelServiceFixture.Sam);
    private readonly string _workspace = fixture.WorkspaceOf(KernelServiceFixture.Sam);

    [Fact]
    public async Task Text_and_binary_files_come_back_byte_for_byte()
    {
        byte[] bytes = [0, 255, 1, 254, 10, 13];
        using var text = await _sam.SaveTextAsync("notes.txt", "é\r\n🎓");
        using var binary = await _sam.SaveAsync("data.bin", new JsonObject { ["type"] = "file", ["format"] = "base64", ["content"] = Convert.ToBase64String(bytes) });

        var textModel = await _sam.GetModelAsync("notes.txt");
        Assert.Equal(("text", "text/plain", "é\r\n🎓"), (textModel["format"]!.GetValue<string>(), textModel["mimetype"]!.GetValue<string>(), textModel["content"]!.GetValue<string>()));
        var binaryModel = await _sam.GetModelAsync("data.bin?hash=1");
        Assert.Equal(("base64", bytes.Length), (binaryModel["format"]!.GetValue<string>(), binaryModel["size"]!.GetValue<int>()));
        Assert.Equal(bytes, Convert.FromBase64String(binaryModel["content"]!.GetValue<string>()));
        Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(bytes)), "sha256"), (binaryModel["hash"]!.GetValue<string>(), binaryModel["hash_algorithm"]!.GetValue<string>()));
        using var asText = await _sam.GetAsync(ContentsRest.Uri("data.bin?format=text"));
        Assert.Contains("not UTF-8", await asText.AssertErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_time_of_the_last_change_is_that_of_the_file()
    {
        using var saved = await _sam.SaveTextAsync("time.txt", "1");
        var time = new DateTime(2024, 2, 29, 12, 30, 15, 123, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Path.Combine(_workspace, "time.txt"), time);

        var model = await _sam.GetModelAsync("time.txt?content=0");

        Assert.Equal("2024-02-29T12:30:15.123000Z", model["last_modified"]!.GetValue<string>());
        Assert.Null(model["content"]);
        Assert.Null(model["format"]);
    }

    [Fact]
    public async Task A_save_leaves_no_draft_and_keeps_the_files_permissions()
    {
        using var first = await _sam.SaveTextAsync("script.sh", "#!/bin/sh\n");
        var file = Path.Combine(_workspace, "script.sh");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var second = await _sam.SaveTextAsync("script.sh", "#!/bin/sh\necho\n");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(file));
        Assert.Empty(Directory.EnumerateFiles(_workspace, ".~*"));
    }

    [Fact]
    public async Task Readers_see_whole_files_only_while_they_are_saved()
    {
        string[] contents = [new('a', 200_000), new('b', 200_000)];
        using var begin = await _sam.SaveTextAsync("busy.txt", contents[0]);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 30; i++)
            {
                using var saved = await _sam.SaveTextAsync("busy.txt", contents[i % 2]);
                Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
            }
        });
        do
        {
            Assert.Contains((await _sam.GetModelAsync("busy.txt"))["content"]!.GetValue<string>(), contents);
        }
        while (!writing.IsCompleted);
        await writing;
    }

    [Fact]
    public async Task An_upload_in_chunks_appears_when_it_is_complete()
    {
        foreach (var (chunk, part) in new[] { (1, "one "), (2, "two ") })
        {
            using var sent = await _sam.SaveAsync("upload.txt", Chunk(chunk, part));
            Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
            using var absent = await _sam.GetAsync(ContentsRest.Uri("upload.txt"));
            Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        }

        using var last = await _sam.SaveAsync("upload.txt", Chunk(-1, "three"));

        Assert.Equal(HttpStatusCode.Created, last.StatusCode);
        Assert.Equal("one two three", (await _sam.GetModelAsync("upload.txt"))["content"]!.GetValue<string>());
        using var lost = await _sam.SaveAsync("other.txt", Chunk(2, "x"));
        Assert.Contains("did not begin", await lost.AssertErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);

        static JsonObject Chunk(int number, string text) => new()
        {
            ["type"] = "file", ["format"] = "base64", ["chunk"] = number, ["content"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)),
        };
    }

    [Theory]
    [InlineData("""{"type": "file", "format": "base64", "content": "%%%"}""", "is not base64")]
    [InlineData("""{"type": "file", "format": "latin1", "content": ""}""", "format 'latin1'")]
    [InlineData("""{"type": "file", "content": {}}""", "is a string")]
    [InlineData("""{"type": "file"}""", "no content")]
    [InlineData("""{"type": "socket", "content": ""}""", "type 'socket'")]
    [InlineData("""{"content": ""}""", "no type")]
    [InlineData("{", "not the JSON")]
    [InlineData("", "no body")]
    public async Task A_save_that_makes_no_sense_says_why(string body, string expected)
    {
        using var response = await _sam.PutAsync(ContentsRest.Uri("senseless.txt"), ContentsRest.Json(body));
        Assert.Contains(expected, await response.AssertErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Saving_into_a_directory_that_is_not_there_answers_404()
    {
        using var response = await _sam.SaveTextAsync("nowhere/a.txt", "");
        Assert.Contains("nowhere", await response.AssertErrorAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_cannot_run_as_a_page_of_the_site()
    {
        using var saved = await _sam.SaveTextAsync("größe.html", "<script>alert(1)</script>");
        using var response = await _sam.GetAsync(new Uri("/files/gr%C3%B6%C3%9Fe.html?download=1", UriKind.Relative));

        Assert.Equal("<script>alert(1)</script>", await response.Content.ReadAsStringAsync());
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("größe.html", response.Content.Headers.ContentDisposition.FileNameStar);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.StartsWith("sandbox", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(DateTime.UtcNow.Year.ToString(CultureInfo.InvariantCulture), response.Content.Headers.LastModified!.Value.Year.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_checkpoint_brings_a_file_back()
    {
        using var saved = await _sam.SaveTextAsync("draft.txt", "good");
        using var made = await _sam.PostAsync(ContentsRest.Uri("draft.txt/checkpoints"), null);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var checkpoint = (await made.JsonAsync())["id"]!.GetValue<string>();
        using var spoilt = await _sam.SaveTextAsync("draft.txt", "bad");
        Assert.Equal(checkpoint, (await _sam.GetArrayAsync(ContentsRest.Uri("draft.txt/checkpoints").ToString())).Single()!["id"]!.GetValue<string>());

        using var restored = await _sam.PostAsync(ContentsRest.Uri($"draft.txt/checkpoints/{checkpoint}"), null);
        Assert.Equal(HttpStatusCode.NoContent, restored.StatusCode);
        Assert.Equal("good", (await _sam.GetModelAsync("draft.txt"))["content"]!.GetValue<string>());

        using var renamed = await _sam.PatchAsJsonAsync(ContentsRest.Uri("draft.txt"), new JsonObject { ["path"] = "final.txt" });
        Assert.Single(await _sam.GetArrayAsync(ContentsRest.Uri("final.txt/checkpoints").ToString()));
        using var deleted = await _sam.DeleteAsync(ContentsRest.Uri($"final.txt/checkpoints/{checkpoint}"));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty(await _sam.GetArrayAsync(ContentsRest.Uri("final.txt/checkpoints").ToString()));
        using var gone = await _sam.PostAsync(ContentsRest.Uri($"final.txt/checkpoints/{checkpoint}"), null);
        await gone.AssertErrorAsync(HttpStatusCode.NotFound);
    }
}
