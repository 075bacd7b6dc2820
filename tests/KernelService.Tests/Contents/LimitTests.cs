using System.Net;
using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests.Contents;

public sealed class SmallFilesFixture : KernelServiceFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [KeyValuePair.Create("Contents:MaxFileBytes", (string?)"10000"), KeyValuePair.Create("Contents:MaxUploadBytes", (string?)"15000")];
}

public sealed class LimitTests(SmallFilesFixture fixture) : IClassFixture<SmallFilesFixture>
{
    private readonly HttpClient _sam = fixture.ClientOf(KernelServiceFixture.Sam);

    [Theory]
    [InlineData(10_001)]
    [InlineData(200_000)]
    public async Task A_file_over_the_limit_is_refused_with_413(int length)
    {
        using var response = await _sam.SaveTextAsync("big.txt", new string('x', length));
        await response.AssertErrorAsync(HttpStatusCode.RequestEntityTooLarge);
        using var absent = await _sam.GetAsync(ContentsRest.Uri("big.txt"));
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
    }

    [Fact]
    public async Task An_upload_in_chunks_has_a_limit_of_its_own()
    {
        using var first = await _sam.SaveAsync("chunks.txt", Chunk(1));
        using var second = await _sam.SaveAsync("chunks.txt", Chunk(-1));

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Contains("15000", await second.AssertErrorAsync(HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);

        static JsonObject Chunk(int number) => new() { ["type"] = "file", ["format"] = "text", ["chunk"] = number, ["content"] = new string('x', 9_000) };
    }

    [Fact]
    public async Task What_is_too_large_to_open_can_be_downloaded()
    {
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(fixture.WorkspaceOf(KernelServiceFixture.Sam)).FullName, "large.csv"), new string('1', 10_001));

        using var opened = await _sam.GetAsync(ContentsRest.Uri("large.csv"));
        Assert.Contains("/files/large.csv", await opened.AssertErrorAsync(HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);
        Assert.Equal(10_001, (await _sam.GetByteArrayAsync(new Uri("/files/large.csv", UriKind.Relative))).Length);
    }
}
