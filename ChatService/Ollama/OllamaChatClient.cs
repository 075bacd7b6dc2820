using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Resilience;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Ollama;

/// <summary>A chat client for ModelHost, and so for anything that speaks Ollama's <c>/api/chat</c>. Every failure is a <see cref="ModelException"/>.</summary>
internal sealed class OllamaChatClient(IHttpClientFactory clients, IOptions<TutorOptions> options, TimeProvider time) : IChatClient
{
    public const string HttpClientName = "modelhost";
    private const string ResolvedModelHeader = "X-Lyceum-Model";
    private const int MaxErrorLength = 300;
    private static readonly Uri Endpoint = new("http://modelhost/api/chat");
    private static readonly ChatClientMetadata Metadata = new("ollama", Endpoint);

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var asked = OllamaRequests.From(messages, options);
        using var http = clients.CreateClient(HttpClientName);
        using var response = await SendAsync(http, asked, options.Caller(), cancellationToken);
        // Ollama repeats the name that was asked for; ModelHost says in a header what an alias stands for.
        var model = response.Headers.TryGetValues(ResolvedModelHeader, out var resolved) ? resolved.First() : null;
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var lines = new NdjsonLines(time, Limits.FirstTokenTimeout, Limits.IdleTimeout);
        await foreach (var chunk in lines.ReadAsync(body, cancellationToken))
        {
            if (chunk.Error is { } error)
            {
                throw new ModelException(ModelFailure.Broke, Shorten(error));
            }

            yield return Update(chunk, model ?? chunk.Model);
            if (chunk.Done)
            {
                yield break;
            }
        }

        throw new ModelException(ModelFailure.Broke, "the answer broke off");
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(ChatClientMetadata) ? Metadata
        : serviceKey is null && serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
        // The HTTP clients are the factory's.
    }

    private TutorOptions Limits => options.Value;

    private async Task<HttpResponseMessage> SendAsync(HttpClient http, OllamaChatRequest asked, CallerIdentity? caller, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint) { Content = JsonContent.Create(asked, OllamaJson.Default.OllamaChatRequest) };
        if (caller is not null)
        {
            request.SetCaller(caller);
        }

        request.SetAttemptTimeout(Limits.FirstTokenTimeout);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            throw failure.StatusCode == HttpStatusCode.GatewayTimeout
                ? new ModelException(ModelFailure.TimedOut, "it did not begin to answer", failure)
                : new ModelException(ModelFailure.Away, "it cannot be reached", failure);
        }

        if (response.IsSuccessStatusCode)
        {
            // A response holds on to its request for as long as it is read: what was asked is not needed any more.
            request.Content = null;
            request.Headers.Clear();
            return response;
        }

        using (response)
        {
            throw new ModelException(Failure(response.StatusCode), await ReasonAsync(response, cancellationToken)) { IsUnknownModel = response.StatusCode == HttpStatusCode.NotFound };
        }
    }

    private static ModelFailure Failure(HttpStatusCode status) => status switch
    {
        HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests => ModelFailure.Busy,
        HttpStatusCode.BadGateway => ModelFailure.Away,
        HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout => ModelFailure.TimedOut,
        >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => ModelFailure.Refused,
        _ => ModelFailure.Broke,
    };

    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(16 * 1024, cancellationToken);
            var body = await response.Content.ReadFromJsonAsync(OllamaJson.Default.OllamaChatChunk, cancellationToken);
            if (body?.Error is { Length: > 0 } error)
            {
                return Shorten(error);
            }
        }
        catch (Exception failure) when (failure is JsonException or HttpRequestException or IOException)
        {
            // The status says enough.
        }

        return $"it answered with status {(int)response.StatusCode}";
    }

    private static string Shorten(string error) => error.Length <= MaxErrorLength ? error : error[..MaxErrorLength] + "…";

    private static ChatResponseUpdate Update(OllamaChatChunk chunk, string? model)
    {
        var update = new ChatResponseUpdate { Role = ChatRole.Assistant, ModelId = model, CreatedAt = chunk.CreatedAt };
        if (chunk.Message?.Thinking is { Length: > 0 } thinking)
        {
            update.Contents.Add(new TextReasoningContent(thinking));
        }

        if (chunk.Message?.Content is { Length: > 0 } content)
        {
            update.Contents.Add(new TextContent(content));
        }

        foreach (var call in chunk.Message?.ToolCalls ?? [])
        {
            update.Contents.Add(Call(call));
        }

        if (chunk.Done)
        {
            update.FinishReason = chunk.DoneReason is "length" ? ChatFinishReason.Length : ChatFinishReason.Stop;
            update.Contents.Add(new UsageContent(new UsageDetails
            {
                InputTokenCount = chunk.PromptEvalCount,
                OutputTokenCount = chunk.EvalCount,
                TotalTokenCount = chunk.PromptEvalCount + chunk.EvalCount,
            }));
        }

        return update;
    }

    /// <summary>Ollama gives calls an id of late only, and reads none: they are told apart by their order.</summary>
    private static FunctionCallContent Call(OllamaToolCall call)
    {
        var arguments = call.Function?.Arguments is { ValueKind: JsonValueKind.Object } given
            ? given.EnumerateObject().DistinctBy(argument => argument.Name).ToDictionary(argument => argument.Name, argument => (object?)argument.Value)
            : [];
        return new FunctionCallContent(call.Id ?? Guid.NewGuid().ToString("N"), call.Function?.Name ?? "", arguments);
    }
}
