using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Lyceum.ServiceDefaults.Discovery;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.KernelService.Assistant;

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

/// <summary>Asks the tutor at ChatService in the name of the kernel's user.</summary>
internal sealed class TutorClient(IHttpClientFactory clients, ServiceEndpoints endpoints, IdentityTokens tokens)
{
    public const string HttpClientName = "tutor";

    private const string Service = "chatservice";

    /// <param name="caller">Who asks.</param>
    /// <param name="conversation">The conversation; null begins one.</param>
    /// <param name="question">The question.</param>
    /// <param name="context">What it is about.</param>
    /// <param name="onDelta">Called with what the answer grows by.</param>
    /// <param name="cancellationToken">Stops the answer, also at ChatService.</param>
    public async Task<TutorAnswer> AskAsync(
        CallerIdentity caller, Guid? conversation, string question, QuestionContext context, Action<string> onDelta, CancellationToken cancellationToken)
    {
        if (!endpoints.Knows(Service))
        {
            return TutorAnswer.Failed(null, "NoTutor", "There is no tutor: this service knows no chatservice.");
        }

        using var http = clients.CreateClient(HttpClientName);
        using var request = new HttpRequestMessage(HttpMethod.Post, conversation is { } id ? $"http://{Service}/llm/chat/{id}/message/" : $"http://{Service}/llm/chat/")
        {
            Content = conversation is null
                ? JsonContent.Create(new StartConversation(question, context), TutorJson.Default.StartConversation)
                : JsonContent.Create(new AskQuestion(question, context), TutorJson.Default.AskQuestion),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));

        // The token that the WebSocket was opened with has expired after minutes; Gateway vouched for its caller then.
        request.Headers.Add(IdentityHeader.Name, tokens.Issue(caller));
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

    /// <summary>The newest messages of a conversation, the oldest first; none of one that was deleted, null when they cannot be had.</summary>
    public async Task<IReadOnlyList<TutorMessage>?> HistoryAsync(CallerIdentity caller, Guid conversation, CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(HttpClientName);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{Service}/llm/chat/{conversation}/history/");
        request.Headers.Add(IdentityHeader.Name, tokens.Issue(caller));
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
