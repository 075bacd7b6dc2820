using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests.Contents;

public sealed class ConflictTests(KernelServiceFixture fixture) : IClassFixture<KernelServiceFixture>
{
    private readonly HttpClient _sam = fixture.ClientOf(KernelServiceFixture.Sam);

    [Fact]
    public async Task A_save_that_names_the_hash_it_read_does_not_overwrite_what_another_page_saved()
    {
        using var saved = await _sam.SaveTextAsync("shared.txt", "first");
        var tag = saved.Headers.ETag!.Tag;
        Assert.Equal($"\"{(await _sam.GetModelAsync("shared.txt?content=0&hash=1"))["hash"]!.GetValue<string>()}\"", tag);

        using var mine = await SaveAsync("shared.txt", "mine", ("If-Match", tag));
        using var other = await SaveAsync("shared.txt", "other", ("If-Match", tag));
        using var next = await SaveAsync("shared.txt", "next", ("If-Match", mine.Headers.ETag!.Tag));

        Assert.Equal(HttpStatusCode.OK, mine.StatusCode);
        Assert.Contains("was changed since", await other.AssertErrorAsync(HttpStatusCode.PreconditionFailed), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.Equal("next", (await _sam.GetModelAsync("shared.txt"))["content"]!.GetValue<string>());
    }

    [Fact]
    public async Task Of_many_saves_that_name_the_same_hash_one_wins()
    {
        using var saved = await _sam.SaveTextAsync("race.txt", "first");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SaveAsync("race.txt", $"{i}", ("If-Match", saved.Headers.ETag!.Tag))));

        Assert.Equal(1, answers.Count(answer => answer.IsSuccessStatusCode));
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task A_save_can_name_the_time_it_read()
    {
        using var saved = await _sam.SaveTextAsync("timed.txt", "first");
        var file = Path.Combine(fixture.WorkspaceOf(KernelServiceFixture.Sam), "timed.txt");
        File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));

        using var late = await SaveAsync("timed.txt", "late", ("If-Unmodified-Since", "Fri, 02 Jan 2026 03:04:04 GMT"));
        using var right = await SaveAsync("timed.txt", "right", ("If-Unmodified-Since", "Fri, 02 Jan 2026 03:04:05 GMT"));

        await late.AssertErrorAsync(HttpStatusCode.PreconditionFailed);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task A_save_can_ask_for_a_new_file_or_for_one_that_is_still_there()
    {
        using var made = await SaveAsync("new.txt", "1", ("If-None-Match", "*"));
        using var taken = await SaveAsync("new.txt", "2", ("If-None-Match", "*"));
        using var deleted = await SaveAsync("gone.txt", "2", ("If-Match", "*"));

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Contains("exists already", await taken.AssertErrorAsync(HttpStatusCode.PreconditionFailed), StringComparison.Ordinal);
        Assert.Contains("deleted", await deleted.AssertErrorAsync(HttpStatusCode.PreconditionFailed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunk_that_is_missing_or_comes_twice_ends_the_upload()
    {
        using var first = await ChunkAsync(1, "one ");
        using var third = await ChunkAsync(3, "three");
        await third.AssertErrorAsync(HttpStatusCode.BadRequest);
        using var again = await ChunkAsync(1, "one ");
        using var second = await ChunkAsync(2, "two ");
        using var twice = await ChunkAsync(2, "two ");
        Assert.Contains("begin again", await twice.AssertErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        using var last = await ChunkAsync(-1, "three");

        Assert.Equal("one two three", (await _sam.GetModelAsync("chunks.txt"))["content"]!.GetValue<string>());
        Assert.DoesNotContain(Directory.EnumerateFiles(fixture.WorkspaceOf(KernelServiceFixture.Sam)), file => file.EndsWith(".upload", StringComparison.Ordinal));
    }

    private Task<HttpResponseMessage> ChunkAsync(int chunk, string text) =>
        _sam.SaveAsync("chunks.txt", new JsonObject { ["type"] = "file", ["format"] = "text", ["chunk"] = chunk, ["content"] = text });

    private async Task<HttpResponseMessage> SaveAsync(string path, string text, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, ContentsRest.Uri(path))
        {
            Content = JsonContent.Create(new JsonObject { ["type"] = "file", ["format"] = "text", ["content"] = text }),
        };
        request.Headers.Add(header.Name, header.Value);
        return await _sam.SendAsync(request);
    }
}
