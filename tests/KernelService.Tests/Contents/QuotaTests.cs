using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests.Contents;

public sealed class SmallQuotaFixture : KernelServiceFixture
{
    // The welcome, too, is one of the user's files.
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Contents:QuotaBytes", "100000")];
}

public sealed class QuotaTests(SmallQuotaFixture fixture) : IClassFixture<SmallQuotaFixture>
{
    private readonly HttpClient _sam = fixture.ClientOf(KernelServiceFixture.Sam);

    [Fact]
    public async Task A_workspace_that_is_full_takes_no_more_until_something_is_deleted()
    {
        using var fits = await _sam.SaveTextAsync("fits.txt", new string('x', 60_000));
        using var tooMuch = await _sam.SaveTextAsync("too-much.txt", new string('x', 60_000));
        using var copy = await _sam.PostAsJsonAsync(ContentsRest.Uri(""), new JsonObject { ["copy_from"] = "fits.txt" });
        using var checkpoint = await _sam.PostAsync(ContentsRest.Uri("fits.txt/checkpoints"), null);
        using var chunk = await _sam.SaveAsync("c.txt", new JsonObject { ["type"] = "file", ["format"] = "text", ["chunk"] = 1, ["content"] = new string('x', 60_000) });

        Assert.Equal(HttpStatusCode.Created, fits.StatusCode);
        Assert.Contains("may have 100000", await tooMuch.AssertErrorAsync(HttpStatusCode.InsufficientStorage), StringComparison.Ordinal);
        await copy.AssertErrorAsync(HttpStatusCode.InsufficientStorage);
        await checkpoint.AssertErrorAsync(HttpStatusCode.InsufficientStorage);
        await chunk.AssertErrorAsync(HttpStatusCode.InsufficientStorage);

        // What a file has already counts once.
        using var same = await _sam.SaveTextAsync("fits.txt", new string('y', 60_000));
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
        using var deleted = await _sam.DeleteAsync(ContentsRest.Uri("fits.txt"));
        using var now = await _sam.SaveTextAsync("too-much.txt", new string('x', 60_000));
        Assert.Equal(HttpStatusCode.Created, now.StatusCode);
    }
}
