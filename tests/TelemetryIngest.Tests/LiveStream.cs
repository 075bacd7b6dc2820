using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Lyceum.TelemetryIngest.Tests;

/// <summary>A client of the live stream.</summary>
internal sealed class LiveStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _items;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    private LiveStream(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _items = SseParser.Create(body).EnumerateAsync(_limit.Token).GetAsyncEnumerator(_limit.Token);
    }

    public static async Task<LiveStream> OpenAsync(HttpClient client, string course, string query = "")
    {
        var response = await client.GetAsync(
            new Uri($"/telemetry/courses/{course}/activity/stream{query}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new LiveStream(response, await response.Content.ReadAsStreamAsync());
    }

    public async Task<(string Event, JsonElement Data)> NextAsync()
    {
        Assert.True(await _items.MoveNextAsync(), "The stream ended.");
        return (_items.Current.EventType, _items.Current.Data.Length == 0 ? default : JsonElement.Parse(_items.Current.Data));
    }

    /// <summary>The next event that is like that; what comes before is passed over.</summary>
    public async Task<JsonElement> NextAsync(string name, Func<JsonElement, bool>? like = null)
    {
        while (true)
        {
            var (what, data) = await NextAsync();
            if (what == name && (like is null || like(data)))
            {
                return data;
            }
        }
    }

    /// <summary>Reads until the service ends the stream.</summary>
    public async Task EndAsync()
    {
        while (await _items.MoveNextAsync())
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _items.DisposeAsync();
        _response.Dispose();
        _limit.Dispose();
    }
}
