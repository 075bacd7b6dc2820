using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.ChatService.JsonSchemas;
using Lyceum.ChatService.Structured;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.AI;

namespace Lyceum.ChatService.Actions;

/// <summary>A call that a model worked out, or the answer that says why it has none.</summary>
internal sealed record Proposal(Guid ApiId, string Api, ApiOperation Operation, Uri Address, string? Body, string Model);

/// <summary>Turns words into a call: the model chooses an operation, then writes its arguments, each held to a schema.</summary>
internal sealed class ActionProposals(StructuredAnswers answers)
{
    private const string NoOperation = "none";

    public async Task<(Proposal? Proposal, ProblemHttpResult? Problem)> ProposeAsync(
        string request, IReadOnlyList<StoredApi> apis, string? operation, string model, CancellationToken cancellationToken)
    {
        var known = apis.SelectMany(api => api.Description.Operations.Select(one => (Name: $"{api.Name}/{one.Id}", Api: api, Operation: one)))
            .Where(one => operation is null || one.Operation.Id == operation)
            .ToArray();
        var name = operation is null ? await ChooseAsync(request, [.. known.Select(one => (one.Name, one.Operation))], model, cancellationToken) : known[0].Name;
        if (known.FirstOrDefault(one => one.Name == name) is not { Operation: { } chosen, Api: { } api })
        {
            return (null, Unanswered("urn:lyceum:action:none", "The model found no operation of the registered APIs that does this.", []));
        }

        var answer = await answers.AskAsync(chosen.Arguments, [new(ChatRole.System, Instruction(chosen)), new(ChatRole.User, request)], model, cancellationToken);
        if (!answer.IsValid)
        {
            return (null, Unanswered("urn:lyceum:action:invalid", $"The model found no valid arguments for '{name}'.", answer.Errors));
        }

        return chosen.Address(api.Description.Server, answer.Value!.Value) is { } address
            ? (new Proposal(api.Id, api.Name, chosen, address, ApiOperation.Body(answer.Value!.Value), answer.Model), null)
            : (null, Unanswered("urn:lyceum:action:invalid", $"The model's arguments for '{name}' make no address: a path parameter is empty, '.' or '..'.", []));
    }

    private async Task<string?> ChooseAsync(string request, (string Name, ApiOperation Operation)[] known, string model, CancellationToken cancellationToken)
    {
        StringBuilder instruction = new("Choose the operation that does what the user asks for, or \"none\" when there is none. The operations:\n");
        foreach (var (name, operation) in known)
        {
            instruction.Append("- ").Append(name).Append(": ").Append(operation.Method).Append(' ').Append(operation.Path).Append(". ").Append(operation.Summary).Append('\n');
        }

        var choice = new JsonObject { ["enum"] = new JsonArray([.. known.Select(one => one.Name).Append(NoOperation).Select(name => JsonValue.Create(name))]) };
        var schema = JsonSchema.TryRead(JsonElement.Parse(OpenApiSchemas.Object([new("operation", choice)], ["operation"]).ToJsonString()), out _)!;
        var answer = await answers.AskAsync(schema, [new(ChatRole.System, instruction.ToString()), new(ChatRole.User, request)], model, cancellationToken);
        return answer.IsValid ? answer.Value!.Value.GetProperty("operation").GetString() : null;
    }

    private static string Instruction(ApiOperation operation) =>
        $"Write the arguments for a call of {operation.Method} {operation.Path} ({operation.Summary}) that does what the user asks for. Use only values that the user gave.";

    private static ProblemHttpResult Unanswered(string type, string detail, IReadOnlyList<ValidationError> errors) => TypedResults.Problem(
        detail,
        statusCode: StatusCodes.Status422UnprocessableEntity,
        type: type,
        extensions: [new("errors", JsonSerializer.SerializeToElement(errors, StructuredJson.Default.IReadOnlyListValidationError))]);
}
