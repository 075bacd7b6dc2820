using System.Text.Json;
using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Forwarding;
using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Translation;

/// <summary>A request of Ollama's as an OpenAI-compatible node takes it, and the way back for its answer.</summary>
/// <param name="Path">The node's endpoint.</param>
/// <param name="Body">What it is sent.</param>
/// <param name="Answer">Turns its answer round.</param>
/// <param name="Ready">The answer where the node need not be asked; then the others are not used.</param>
internal sealed record NodeTranslation(string Path, ReadOnlyMemory<byte> Body, IAnswerTranslation? Answer, byte[]? Ready)
{
    private const string Chat = "/v1/chat/completions";

    /// <summary>Whether a request to the node must be translated.</summary>
    public static bool IsNeeded(ModelNode node, ModelOperation operation) => node.Kind is NodeKind.OpenAi && operation.Shape is ApiShape.Ollama;

    /// <exception cref="JsonException">The request is not one of Ollama's.</exception>
    public static NodeTranslation Of(ModelNode node, ModelOperation operation, ModelRequest asked, string model, TimeProvider time)
    {
        var known = node.Find(model) ?? throw new JsonException($"model '{model}' not found");
        if (operation == ModelOperation.Show)
        {
            return Known(OpenAiListing.Show(known));
        }

        var request = Read(asked);
        if (operation == ModelOperation.Embed || operation == ModelOperation.OldEmbeddings)
        {
            return new("/v1/embeddings", CompletionBody.Embeddings(request, known.Id), new EmbeddingTranslation(model, operation == ModelOperation.OldEmbeddings, time), null);
        }

        var isChat = operation == ModelOperation.Chat;
        var stream = request.Stream ?? true;
        var answer = new CompletionTranslation(model, isChat, time);
        if (isChat ? request.Messages is not { Count: > 0 } : string.IsNullOrEmpty(request.Prompt))
        {
            // Ollama loads or unloads a model by such a request. Here it stays as it is.
            return Known(LoadedAnswer(model, isChat, request.Unload, time));
        }

        return !isChat && (request.Raw is true || !string.IsNullOrEmpty(request.Suffix))
            ? new("/v1/completions", CompletionBody.Raw(request, node.Settings, known.Id, stream), answer, null)
            : new(Chat, CompletionBody.Chat(request, node.Settings, known.Id, stream), answer, null);
    }

    private static NodeTranslation Known(byte[] answer) => new("", default, null, answer);

    private static OllamaRequest Read(ModelRequest asked)
    {
        try
        {
            return OllamaRequest.Read(asked.Body.Span);
        }
        catch (InvalidOperationException failure)
        {
            throw new JsonException($"the body is not valid JSON: {failure.Message}", failure);
        }
    }

    private static byte[] LoadedAnswer(string model, bool isChat, bool unload, TimeProvider time)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        new OllamaLines(output, model, isChat, time).Write("", null, null, default, writer => writer.WriteString("done_reason", unload ? "unload" : "load"));
        return output.WrittenSpan[..^1].ToArray();
    }
}
