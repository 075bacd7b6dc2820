using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.ModelHost.Api;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>
/// The request that lets another node go on where one broke off: the text so far becomes the beginning of the assistant's message,
/// or the end of the prompt. Only what <see cref="RequestTraits.MayContinue"/>.
/// </summary>
internal static class Continuation
{
    public static ModelRequest Of(ModelRequest request, ModelOperation operation, string text, int tokens)
    {
        // A tree, here where a node has just died: what it costs does not matter, and numbers keep their spelling.
        var body = JsonNode.Parse(request.Body.Span, documentOptions: new JsonDocumentOptions { MaxDepth = ModelRequest.MaxDepth })!.AsObject();
        if (body["messages"] is JsonArray messages)
        {
            if (messages.Count > 0 && messages[^1] is JsonObject last && (string?)last["role"] == "assistant" && last["content"] is JsonValue beginning)
            {
                last["content"] = (string?)beginning + text;
            }
            else
            {
                messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = text });
            }

            if (operation.Shape == ApiShape.OpenAi)
            {
                // vLLM goes on from the last message only when told; Ollama and llama.cpp's server always do, and overlook this.
                body["continue_final_message"] = true;
                body["add_generation_prompt"] = false;
            }
        }
        else
        {
            body["prompt"] = (string?)body["prompt"] + text;
        }

        var (limits, names) = operation.Shape == ApiShape.Ollama ? (body["options"] as JsonObject, (string[])["num_predict"]) : (body, ["max_tokens", "max_completion_tokens"]);
        foreach (var name in names)
        {
            if (limits?[name] is JsonValue value && value.TryGetValue<int>(out var limit) && limit > 0)
            {
                limits[name] = Math.Max(1, limit - tokens);
            }
        }

        return ModelRequest.Read(JsonSerializer.SerializeToUtf8Bytes(body, ContinuationJson.Default.JsonObject));
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class ContinuationJson : System.Text.Json.Serialization.JsonSerializerContext;
