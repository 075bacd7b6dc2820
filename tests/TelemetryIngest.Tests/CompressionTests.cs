using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Lyceum.Testing;
using ZstdSharp;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class CompressionTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task A_compressed_body_is_read_as_what_it_was(string encoding)
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var body = Batch(500);
        Assert.Equal((500, 0, ""), await SendAsync(client, Compress(body, encoding), encoding).IngestedAsync());
        Assert.Equal((0, 500, ""), await client.PostAsync(Calls.Events, new ByteArrayContent(body)).IngestedAsync());
        Assert.Equal(500, await app.OneAsync<long>("SELECT count(*) FROM events WHERE course = $1", course));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task A_compressed_body_that_is_cut_or_damaged_answers_400_and_stores_nothing(string encoding)
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var compressed = Compress(Batch(20), encoding);
        // Through the trailer byte by byte, then at a few places before.
        IEnumerable<int> cuts = [.. Enumerable.Range(compressed.Length - 9, 9), compressed.Length / 2, compressed.Length / 4, 5, 1];
        foreach (var cut in cuts)
        {
            using var response = await SendAsync(client, compressed[..cut], encoding);
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{cut} of {compressed.Length}: {response.StatusCode}");
        }

        if (encoding == "gzip")
        {
            // zstd has a checksum only where its sender asked for one.
            compressed[compressed.Length / 2] ^= 0x55;
            using var damaged = await SendAsync(client, compressed, encoding);
            Assert.Equal(HttpStatusCode.BadRequest, damaged.StatusCode);
        }

        Assert.Equal(0, await app.OneAsync<long>("SELECT count(*) FROM events WHERE course = $1", course));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task A_small_body_that_unpacks_to_more_than_is_taken_answers_413(string encoding)
    {
        using var client = app.ClientFor(TestIdentity.Student());
        var bomb = Compress(new byte[64 << 20], encoding);
        Assert.InRange(bomb.Length, 1, 1 << 20);
        using var response = await SendAsync(client, bomb, encoding);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private static byte[] Batch(int events) => JsonSerializer.SerializeToUtf8Bytes(new { events = Enumerable.Range(0, events).Select(_ => Sent.Execution(Now, "NameError")) });

    private static byte[] Compress(byte[] body, string encoding)
    {
        using var buffer = new MemoryStream();
        using (Stream compressor = encoding == "gzip" ? new GZipStream(buffer, CompressionLevel.Optimal, leaveOpen: true) : new CompressionStream(buffer, leaveOpen: true))
        {
            compressor.Write(body);
        }

        return buffer.ToArray();
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, byte[] body, string encoding)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentEncoding = { encoding } } };
        return await client.PostAsync(Calls.Events, content);
    }
}
