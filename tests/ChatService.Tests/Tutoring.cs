using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace Lyceum.ChatService.Tests;

/// <summary>A person's side of the API.</summary>
public sealed class Tutoring(HttpClient http)
{
    public HttpClient Http => http;

    public async Task<Reply> StartAsync(string message, object? context = null) =>
        await PostAsync("/llm/chat/", new { user_id = "ignored", initial_message = message, context });

    public async Task<Reply> AskAsync(string session, string message, object? context = null) =>
        await PostAsync($"/llm/chat/{session}/message/", new { user_message = message, context });

    public async Task<Reply> RetryAsync(string session) => await PostAsync($"/llm/chat/{session}/retry/", null);

    public Task<Reply> CancelAsync(string session) => PostAsync($"/llm/chat/{session}/cancel/", null);

    public Task<Reply> PostAsync(string path, object? body, string? key = null) => SendAsync(HttpMethod.Post, path, body, key);

    public async Task<Reply> SendAsync(HttpMethod method, string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await http.SendAsync(request);
        return await Reply.ReadAsync(response);
    }

    public async Task<Reply> PostTextAsync(string path, string body, string type = "application/json")
    {
        using var response = await http.PostAsync(path, new StringContent(body, Encoding.UTF8, type));
        return await Reply.ReadAsync(response);
    }

    public async Task<Reply> GetAsync(string path)
    {
        using var response = await http.GetAsync(path);
        return await Reply.ReadAsync(response);
    }

    /// <summary>The messages of a conversation; fails when they cannot be had.</summary>
    public async Task<JsonElement[]> HistoryAsync(string session)
    {
        var reply = await GetAsync($"/llm/chat/{session}/history/");
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        return [.. reply.Body.GetProperty("messages").EnumerateArray()];
    }

    /// <summary>Whether the last answer is no longer being written.</summary>
    public static bool HasEnded(JsonElement[] history) => history[^1].GetProperty("status").GetString() is not ("queued" or "running");

    /// <summary>Reads the history until it is as awaited: some of it happens after its client has gone.</summary>
    public async Task<JsonElement[]> HistoryWhenAsync(string session, Func<JsonElement[], bool> awaited)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (; ; await Task.Delay(25, limit.Token))
        {
            var history = await HistoryAsync(session);
            if (awaited(history))
            {
                return history;
            }
        }
    }

    /// <summary>The stream of a conversation's last answer, or what comes after the event.</summary>
    public Task<EventReader> ResumeAsync(string session, string? after = null) => StreamAsync($"/llm/chat/{session}/stream/", null, after, HttpMethod.Get);

    public async Task<EventReader> StreamAsync(string path, object? body, string? after = null, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new EventReader(response, SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator());
    }

    public Task<EventReader> StreamStartAsync(string message, object? context = null) =>
        StreamAsync("/llm/chat/", new { initial_message = message, context });
}

/// <summary>What tools were called for.</summary>
internal static class ToolCalling
{
    /// <summary>The calls of sam's conversation as an instructor sees them.</summary>
    public static async Task<JsonElement[]> CallsAsync(this ChatSuite suite, string session)
    {
        List<JsonElement> calls = [];
        foreach (var message in await suite.Student().HistoryAsync(session))
        {
            var of = await suite.As(Lyceum.Testing.TestIdentity.Instructor()).GetAsync($"/tutor/courses/default/turns/{message.GetProperty("id").GetString()}/calls");
            calls.AddRange(of.Body.GetProperty("calls").EnumerateArray());
        }

        return [.. calls];
    }
}

public sealed record Reply(HttpStatusCode Status, JsonElement Body, string? ContentType)
{
    public string Text(string property) => Body.GetProperty(property).GetString()!;

    public static async Task<Reply> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return new Reply(response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text), response.Content.Headers.ContentType?.MediaType);
    }
}

/// <summary>The events of a stream as they come.</summary>
public sealed class EventReader(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> events) : IAsyncDisposable
{
    public HttpResponseMessage Response => response;

    /// <summary>The id of the event that was read last.</summary>
    public string LastId => events.Current.EventId!;

    /// <summary>The next event; fails unless it has the name. News of tools is passed over unless asked for: who comes late hears none.</summary>
    public async Task<JsonElement> NextAsync(string name)
    {
        do
        {
            Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)), $"The stream ended before '{name}'.");
        }
        while (events.Current.EventType == "tool" && name != "tool");

        Assert.Equal(name, events.Current.EventType);
        return JsonElement.Parse(events.Current.Data);
    }

    /// <summary>Reads deltas until they are the text: how many there are is up to how fast they are read.</summary>
    public async Task ReadAsync(string text)
    {
        for (var read = ""; read != text;)
        {
            read += (await NextAsync("delta")).GetProperty("text").GetString();
            Assert.StartsWith(read, text, StringComparison.Ordinal);
        }
    }

    public async Task<List<(string Name, JsonElement Data)>> RestAsync()
    {
        List<(string, JsonElement)> rest = [];
        while (await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)))
        {
            rest.Add((events.Current.EventType, JsonElement.Parse(events.Current.Data)));
        }

        return rest;
    }

    public async ValueTask DisposeAsync()
    {
        response.Dispose();
        await events.DisposeAsync();
    }
}
