using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Lyceum.ChatBench;

/// <summary>A turn as a client reads it.</summary>
/// <param name="First">Milliseconds from the request to the first word.</param>
/// <param name="Text">The deltas together.</param>
/// <param name="Stored">The stored answer that the stream's end tells.</param>
internal sealed record Turn(double First, string Text, string? Stored)
{
    /// <summary>Asks ChatService and reads the stream to its end.</summary>
    public static async Task<Turn> ReadAsync(HttpClient client, object context, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/llm/chat/") { Content = JsonContent.Create(new { initial_message = "Why does it not work?", context }) };
        request.Headers.Accept.ParseAdd("text/event-stream");
        // With its length, as browsers send it.
        await request.Content.LoadIntoBufferAsync(cancellationToken);
        var asked = Stopwatch.GetTimestamp();
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        StringBuilder text = new();
        double first = 0;
        string? name = null, stored = null;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal) && name == "delta")
            {
                first = first == 0 ? Stopwatch.GetElapsedTime(asked).TotalMilliseconds : first;
                text.Append(JsonElement.Parse(line[6..]).GetProperty("text").GetString());
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal) && name == "done")
            {
                stored = JsonElement.Parse(line[6..]).GetProperty("message").GetProperty("content").GetString();
            }
        }

        return new Turn(first, text.ToString(), stored);
    }

    /// <summary>Asks ModelHost itself; the time to the first word.</summary>
    public static async Task<double> FirstOfModelAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/chat")
        {
            Content = JsonContent.Create(new { model = "paced", stream = true, messages = new[] { new { role = "user", content = "Why does it not work?" } } }),
        };
        var asked = Stopwatch.GetTimestamp();
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        await reader.ReadLineAsync(cancellationToken);
        var first = Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
        await reader.ReadToEndAsync(cancellationToken);
        return first;
    }
}
