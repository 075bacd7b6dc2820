using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Forwarding;
using Lyceum.ModelHost.Telemetry;

namespace Lyceum.ModelHost.Hints;

/// <summary>Answers requests with the built-in model, in the shape of either API.</summary>
internal sealed class HintResponder(HintTutor tutor, ModelTelemetry telemetry, TimeProvider time)
{
    private const string Assistant = "assistant";

    public async Task RespondAsync(HttpContext context, ModelOperation operation, ModelRequest request)
    {
        context.Response.Headers["X-Lyceum-Model"] = HintModel.Name;
        if (operation == ModelOperation.Show)
        {
            await WriteObjectAsync(context, HintModel.Show, HintModelJson.Default.HintModelShow);
            return;
        }

        if (operation != ModelOperation.Chat && operation != ModelOperation.Generate && operation != ModelOperation.ChatCompletions)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, $"\"{request.Model}\" does not support {operation.Name.Replace('_', ' ')}");
            return;
        }

        var asked = JsonSerializer.Deserialize(request.Body.Span, HintRequestJson.Default.HintRequest)!;
        if (asked.Unsupported is { } feature)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, $"\"{request.Model}\" does not support {feature}");
            return;
        }

        await AnswerAsync(context, operation, request, asked);
    }

    private async Task AnswerAsync(HttpContext context, ModelOperation operation, ModelRequest request, HintRequest asked)
    {
        using var run = telemetry.Begin(operation, request.Model, HintModel.Name, node: null);
        var began = time.GetTimestamp();
        var messages = asked.Conversation;
        if (messages.Count == 0)
        {
            await EmptyAsync(context, operation, request.Model, asked);
            return;
        }

        var words = HintWords.Of(tutor.Answer(messages), asked.Limit);
        var prompt = messages.Sum(message => HintWords.Count(message.Content));
        run.FirstToken(wasCold: false);
        run.Used(new TokenFigures(Done: true, prompt, words.Pieces.Count), isStream: false);
        if (operation.Shape == ApiShape.OpenAi)
        {
            await OpenAiAsync(context, request.Model, asked, words, prompt);
        }
        else
        {
            await OllamaAsync(context, operation, request.Model, asked, words, prompt, began);
        }
    }

    private async Task EmptyAsync(HttpContext context, ModelOperation operation, string model, HintRequest asked)
    {
        if (operation.Shape == ApiShape.OpenAi)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, "messages must not be empty");
            return;
        }

        var loaded = Said(operation, model, "") with { Done = true, DoneReason = asked.Unload ? "unload" : "load" };
        await WriteObjectAsync(context, loaded, HintChunkJson.Default.OllamaChunk);
    }

    private async Task OllamaAsync(HttpContext context, ModelOperation operation, string model, HintRequest asked, HintWords words, int prompt, long began)
    {
        var stream = asked.Stream ?? true;
        if (stream)
        {
            context.Response.ContentType = "application/x-ndjson";
            foreach (var piece in words.Pieces)
            {
                await WriteLineAsync(context, Said(operation, model, piece), HintChunkJson.Default.OllamaChunk, "", "\n");
            }
        }

        var took = (long)time.GetElapsedTime(began).TotalNanoseconds;
        var last = Said(operation, model, stream ? "" : words.Text) with
        {
            Done = true,
            DoneReason = words.FinishReason,
            TotalDuration = took,
            LoadDuration = 0,
            PromptEvalCount = prompt,
            PromptEvalDuration = 0,
            EvalCount = words.Pieces.Count,
            EvalDuration = took,
        };
        await (stream
            ? WriteLineAsync(context, last, HintChunkJson.Default.OllamaChunk, "", "\n")
            : WriteObjectAsync(context, last, HintChunkJson.Default.OllamaChunk));
    }

    private async Task OpenAiAsync(HttpContext context, string model, HintRequest asked, HintWords words, int prompt)
    {
        var usage = new OpenAiUsage(prompt, words.Pieces.Count, prompt + words.Pieces.Count);
        var answer = new OpenAiCompletion($"chatcmpl-{Guid.CreateVersion7(time.GetUtcNow()):N}", "chat.completion", time.GetUtcNow().ToUnixTimeSeconds(), model, "lyceum-hints", []);
        if (asked.Stream is not true)
        {
            var choice = new OpenAiChoice(0) { Message = new OpenAiMessage(Assistant, words.Text), FinishReason = words.FinishReason };
            await WriteObjectAsync(context, answer with { Choices = [choice], Usage = usage }, HintChunkJson.Default.OpenAiCompletion);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        var chunk = answer with { Kind = "chat.completion.chunk" };
        for (var i = 0; i < words.Pieces.Count; i++)
        {
            await EventAsync(chunk with { Choices = [new OpenAiChoice(0) { Delta = new OpenAiMessage(i == 0 ? Assistant : null, words.Pieces[i]) }] });
        }

        await EventAsync(chunk with { Choices = [new OpenAiChoice(0) { Delta = new OpenAiMessage(null, ""), FinishReason = words.FinishReason }] });
        if (asked.StreamOptions?.IncludeUsage is true)
        {
            await EventAsync(chunk with { Usage = usage });
        }

        context.Response.BodyWriter.Write("data: [DONE]\n\n"u8);

        Task EventAsync(OpenAiCompletion value) => WriteLineAsync(context, value, HintChunkJson.Default.OpenAiCompletion, "data: ", "\n\n");
    }

    private OllamaChunk Said(ModelOperation operation, string model, string text) => new()
    {
        Model = model,
        CreatedAt = time.GetUtcNow(),
        Message = operation == ModelOperation.Chat ? new OllamaMessage(Assistant, text) : null,
        Response = operation == ModelOperation.Generate ? text : null,
        Done = false,
    };

    private static async Task WriteLineAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type, string before, string after)
    {
        var writer = context.Response.BodyWriter;
        writer.Write(System.Text.Encoding.ASCII.GetBytes(before));
        writer.Write(JsonSerializer.SerializeToUtf8Bytes(value, type));
        writer.Write(System.Text.Encoding.ASCII.GetBytes(after));
        await writer.FlushAsync(context.RequestAborted);
    }

    private static Task WriteObjectAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        context.Response.WriteAsJsonAsync(value, type, cancellationToken: context.RequestAborted);
}
