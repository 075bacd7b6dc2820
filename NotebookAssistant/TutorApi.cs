using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Lyceum.NotebookAssistant;

/// <summary>What became of a question: the answer, or why there is none.</summary>
/// <param name="Text">The whole answer; null if there is none.</param>
/// <param name="Conversation">Where the next question goes; null if none was begun.</param>
/// <param name="ErrorName">The kind of failure.</param>
/// <param name="ErrorDetail">The failure in words for the student.</param>
/// <param name="NoSuchConversation">Whether the conversation is unknown.</param>
internal sealed record TutorAnswer(
    string? Text, Guid? Conversation, string ErrorName = "", string ErrorDetail = "", bool NoSuchConversation = false)
{
    public static TutorAnswer Failed(Guid? conversation, string name, string detail) => new(null, conversation, name, detail);
}

/// <summary>ChatService's API, as far as an assistant needs it.</summary>
/// <param name="http">Reaches it, without a limit of its own to how long an answer may take.</param>
/// <param name="address">Where it is.</param>
/// <param name="identify">Says who asks.</param>
internal sealed class TutorApi(HttpClient http, Uri address, Action<HttpRequestMessage> identify)
{
    public async Task<TutorAnswer> AskAsync(
        Guid? conversation, string question, QuestionContext context, Action<string> onDelta, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, conversation is { } id ? $"/llm/chat/{id}/message/" : "/llm/chat/"))
        {
            Content = conversation is null
                ? JsonContent.Create(new StartConversation(question, context), TutorJson.Default.StartConversation)
                : JsonContent.Create(new AskQuestion(question, context), TutorJson.Default.AskQuestion),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        identify(request);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode
                ? await ReadAsync(response, conversation, onDelta, cancellationToken)
                : await RefusalOfAsync(response, conversation, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
        {
            return TutorAnswer.Failed(conversation, "TutorUnavailable", "The tutor cannot be reached or broke off: try again in a moment.");
        }
    }

    public async Task<IReadOnlyList<TutorMessage>?> HistoryAsync(Guid conversation, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, $"/llm/chat/{conversation}/history/"));
        identify(request);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return response.StatusCode == HttpStatusCode.NotFound ? []
                : response.IsSuccessStatusCode ? (await response.Content.ReadFromJsonAsync(TutorJson.Default.TutorHistory, cancellationToken))?.Messages
                : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
        {
            return null;
        }
    }

    private static async Task<TutorAnswer> ReadAsync(
        HttpResponseMessage response, Guid? conversation, Action<string> onDelta, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            switch (item.EventType)
            {
                case "session":
                    conversation = JsonSerializer.Deserialize(item.Data, TutorJson.Default.SessionEvent)?.SessionId ?? conversation;
                    break;
                case "delta" when JsonSerializer.Deserialize(item.Data, TutorJson.Default.DeltaEvent)?.Text is { Length: > 0 } text:
                    onDelta(text);
                    break;
                case "done":
                    return new TutorAnswer(JsonSerializer.Deserialize(item.Data, TutorJson.Default.DoneEvent)?.Message?.Content ?? "", conversation);
                case "approval":
                    return TutorAnswer.Failed(conversation, "ApprovalNeeded", "The tutor wants to do something that you have to approve: see its panel.");
                case "error":
                    var problem = JsonSerializer.Deserialize(item.Data, TutorJson.Default.TutorProblem);
                    return TutorAnswer.Failed(conversation, "TutorError", problem?.Detail ?? problem?.Title ?? "The tutor failed.");
            }
        }

        return TutorAnswer.Failed(conversation, "TutorUnavailable", "The tutor stopped in the middle of its answer.");
    }

    private static async Task<TutorAnswer> RefusalOfAsync(HttpResponseMessage response, Guid? conversation, CancellationToken cancellationToken)
    {
        TutorProblem? problem = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            problem = JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(cancellationToken), TutorJson.Default.TutorProblem);
        }

        var detail = problem?.Detail ?? problem?.Title ?? $"The tutor answered {(int)response.StatusCode}.";
        return TutorAnswer.Failed(conversation, "TutorError", detail) with { NoSuchConversation = response.StatusCode == HttpStatusCode.NotFound };
    }
}
