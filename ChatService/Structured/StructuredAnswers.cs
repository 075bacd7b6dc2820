using System.Text;
using System.Text.Json;
using Lyceum.ChatService.JsonSchemas;
using Lyceum.ChatService.Ollama;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Structured;

/// <summary>What asking for JSON came to.</summary>
/// <param name="Value">The last answer's JSON; null when it had none.</param>
/// <param name="Errors">Where it differs from the schema; empty when it is valid.</param>
/// <param name="Attempts">How often the model was asked.</param>
/// <param name="Model">The model that answered.</param>
internal sealed record StructuredAnswer(JsonElement? Value, IReadOnlyList<ValidationError> Errors, int Attempts, string Model)
{
    public bool IsValid => Value is not null && Errors.Count == 0;
}

/// <summary>Asks a model for JSON of a form, checks what it wrote, and shows it its errors a few times.</summary>
internal sealed class StructuredAnswers(IChatClient models, IHttpContextAccessor accessor, IOptions<StructuredOptions> options, TimeProvider time)
{
    private const int MaxQuotedCharacters = 8_000;

    /// <summary>The model's best answer. Throws <see cref="ModelException"/> when there is none, and <see cref="OperationCanceledException"/> at the caller's or the service's limit.</summary>
    public async Task<StructuredAnswer> AskAsync(JsonSchema schema, IEnumerable<ChatMessage> messages, string model, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await RepairAsync(schema, messages, model, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ModelException(ModelFailure.TimedOut, $"it did not finish within {options.Value.Timeout.TotalSeconds:0} s");
        }
    }

    private async Task<StructuredAnswer> RepairAsync(JsonSchema schema, IEnumerable<ChatMessage> messages, string model, CancellationToken cancellationToken)
    {
        ChatMessage[] first = [new(ChatRole.System, Instruction(schema)), .. messages];
        List<ChatMessage> asked = [.. first];
        var asks = new ChatOptions
        {
            ModelId = model,
            MaxOutputTokens = options.Value.MaxAnswerTokens,
            ResponseFormat = ChatResponseFormat.ForJsonSchema(schema.Root),
        };
        if (accessor.HttpContext is { } http)
        {
            // Repairs can outlast the identity that came with the request.
            asks.For(http.User.Caller());
        }

        for (var attempt = 1; ; attempt++)
        {
            var (text, answeredBy) = await AnswerAsync(asked, asks, cancellationToken);
            var value = JsonAnswer.Find(text);
            var errors = value is { } found
                ? schema.Validate(found, time, cancellationToken)
                : [new ValidationError("", "", "It is not JSON: write one JSON value and nothing else.")];
            if (errors.Count == 0 || attempt > options.Value.MaxRepairs)
            {
                return new StructuredAnswer(value, errors, attempt, answeredBy ?? model);
            }

            // Only the last answer and its errors: older ones would crowd a small context and mislead.
            asked = [.. first, new(ChatRole.Assistant, Cut(text)), new(ChatRole.User, Complaint(errors))];
        }
    }

    private async Task<(string Text, string? Model)> AnswerAsync(List<ChatMessage> messages, ChatOptions asks, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(messages, asks, cancellationToken);
        }
        catch (ModelException failure) when (asks.ResponseFormat is not null && MayBeTheFormat(failure))
        {
            // Not every model can be held to a schema, nor every schema be made a grammar. Validation holds it all the same.
            asks.ResponseFormat = null;
            return await ReadAsync(messages, asks, cancellationToken);
        }
    }

    private static bool MayBeTheFormat(ModelException failure) =>
        failure is { Failure: ModelFailure.Refused or ModelFailure.Broke, IsUnknownModel: false };

    private async Task<(string Text, string? Model)> ReadAsync(List<ChatMessage> messages, ChatOptions asks, CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        string? model = null;
        await foreach (var update in models.GetStreamingResponseAsync(messages, asks, cancellationToken))
        {
            model ??= update.ModelId;
            text.Append(update.Text);
            if (text.Length > options.Value.MaxAnswerCharacters)
            {
                // Cut off it is no JSON any more, and that is what the model is told.
                break;
            }
        }

        return (text.ToString(), model);
    }

    private static string Instruction(JsonSchema schema) =>
        $"Answer with one JSON value and nothing else: no explanation, no code fence. It must be valid against this JSON Schema (draft 2020-12):\n{schema.Root.GetRawText()}";

    private static string Complaint(IReadOnlyList<ValidationError> errors)
    {
        StringBuilder complaint = new("That answer is not valid:\n");
        foreach (var error in errors)
        {
            complaint.Append("- at ").Append(error.InstancePath.Length == 0 ? "the root" : error.InstancePath).Append(": ").Append(error.Message).Append('\n');
        }

        return complaint.Append("Write the whole JSON value again, corrected, and nothing else.").ToString();
    }

    private static string Cut(string text) => text.Length <= MaxQuotedCharacters ? text : text[..MaxQuotedCharacters];
}
