using System.Text;
using System.Text.Json;
using Lyceum.ChatService.JsonSchemas;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Structured;

/// <summary>Checks what a client sends; every complaint names its field.</summary>
internal sealed class StructuredChecks(IOptions<StructuredOptions> options)
{
    private const int MaxMessages = 100;
    private const int MaxModelName = 200;

    /// <summary>What is wrong with the messages or the model's name, or null.</summary>
    public static ProblemHttpResult? Check(IReadOnlyList<StructuredMessage>? messages, string? model)
    {
        if (messages is not { Count: > 0 and <= MaxMessages })
        {
            return FieldProblem.Of("messages", $"It must be an array of 1 to {MaxMessages} messages.");
        }

        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i] is not { Role: "system" or "user" or "assistant" })
            {
                return FieldProblem.Of($"messages[{i}].role", "It must be 'system', 'user' or 'assistant'.");
            }

            if (string.IsNullOrWhiteSpace(messages[i].Content))
            {
                return FieldProblem.Of($"messages[{i}].content", "It is missing or empty.");
            }
        }

        return messages[^1].Role != "user" ? FieldProblem.Of($"messages[{messages.Count - 1}].role", "The last message must be the user's.")
            : CheckModel("model", model);
    }

    public static ProblemHttpResult? CheckModel(string field, string? model) =>
        model is null || (model.Length is > 0 and <= MaxModelName && model.All(c => c is > ' ' and < '\x7f'))
            ? null
            : FieldProblem.Of(field, $"It must be a model's name, 1 to {MaxModelName} visible ASCII characters.");

    /// <summary>The schema, or the answer that says where it is wrong.</summary>
    public (JsonSchema? Schema, ProblemHttpResult? Problem) Read(JsonElement? schema)
    {
        if (schema is not { } given)
        {
            return (null, Problem("'schema' is missing: write a JSON Schema of draft 2020-12.", []));
        }

        if (Encoding.UTF8.GetByteCount(given.GetRawText()) > options.Value.MaxSchemaBytes)
        {
            return (null, Problem($"'schema' is larger than {options.Value.MaxSchemaBytes} bytes.", []));
        }

        return JsonSchema.TryRead(given, out var faults) is { } read
            ? (read, null)
            : (null, Problem($"'schema' cannot be used. At {(faults[0].Location is { Length: > 0 } at ? at : "its root")}: {faults[0].Message}", faults));
    }

    private static ProblemHttpResult Problem(string detail, IReadOnlyList<SchemaFault> faults) => TypedResults.Problem(
        detail,
        statusCode: StatusCodes.Status400BadRequest,
        extensions: [new("errors", JsonSerializer.SerializeToElement(faults, StructuredJson.Default.IReadOnlyListSchemaFault))]);
}

/// <summary>A 422 that names the field, in the form of the framework's validation problems.</summary>
internal static class FieldProblem
{
    public static ProblemHttpResult Of(string field, string complaint) =>
        TypedResults.Problem(new HttpValidationProblemDetails(new Dictionary<string, string[]> { [field] = [complaint] })
        {
            Status = StatusCodes.Status422UnprocessableEntity,
            Detail = $"'{field}': {complaint}",
        });
}
