using System.Text.Json;
using System.Text.Json.Serialization;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;

namespace Lyceum.ChatService.Ollama;

/// <summary>Embeddings from ModelHost, and so from anything that speaks Ollama's <c>/api/embed</c>. Every failure is a <see cref="ModelException"/>.</summary>
internal sealed class OllamaEmbeddings(IHttpClientFactory clients) : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int MaxAnswerBytes = 32 * 1024 * 1024;
    private static readonly Uri Endpoint = new("http://modelhost/api/embed");

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        string[] input = [.. values];
        var model = options?.ModelId ?? throw new ArgumentException("The options name no model.", nameof(options));
        using var http = clients.CreateClient(OllamaChatClient.HttpClientName);
        http.MaxResponseContentBufferSize = MaxAnswerBytes;
        using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint)
        {
            Content = JsonContent.Create(new OllamaEmbedRequest(model, input), OllamaEmbedJson.Default.OllamaEmbedRequest),
        };
        if (options.AdditionalProperties?.TryGetValue(ModelCaller.Property, out CallerIdentity? caller) is true && caller is not null)
        {
            request.SetCaller(caller);
        }

        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new ModelException(ModelFailure.Refused, $"it answered with status {(int)response.StatusCode}");
            }

            var answer = await response.Content.ReadFromJsonAsync(OllamaEmbedJson.Default.OllamaEmbedResponse, cancellationToken);
            return answer?.Embeddings is { } vectors && vectors.Count == input.Length && vectors.All(vector => vector.Length > 0 && vector.Length == vectors[0].Length)
                ? new GeneratedEmbeddings<Embedding<float>>(vectors.Select(vector => new Embedding<float>(vector)))
                : throw new ModelException(ModelFailure.Broke, "it did not give an embedding for each text");
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or IOException)
        {
            throw new ModelException(ModelFailure.Away, "it cannot be reached, or its answer not read", failure);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The HTTP clients are the factory's.
    }
}

internal sealed record OllamaEmbedRequest(string Model, IReadOnlyList<string> Input);

internal sealed record OllamaEmbedResponse(IReadOnlyList<float[]>? Embeddings);

[JsonSerializable(typeof(OllamaEmbedRequest))]
[JsonSerializable(typeof(OllamaEmbedResponse))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class OllamaEmbedJson : JsonSerializerContext;
