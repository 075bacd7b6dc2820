using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lyceum.ChatService.JsonSchemas;

/// <summary>
/// A JSON Schema of draft 2020-12 that has been read: every keyword is known, every reference leads somewhere, every pattern compiles.
/// It may come from anybody, so what it can cost to check a value against it is bounded.
/// </summary>
internal sealed class JsonSchema
{
    private JsonSchema(JsonElement root, SchemaReader reader) => (Root, References, Patterns) = (root, reader.References, reader.Patterns);

    public JsonElement Root { get; }

    /// <summary>The schemas that <c>$ref</c> names, by its text.</summary>
    public IReadOnlyDictionary<string, JsonElement> References { get; }

    public IReadOnlyDictionary<string, Regex> Patterns { get; }

    /// <summary>Reads a schema; null with the reasons when it is none, or asks for something that is not known here.</summary>
    public static JsonSchema? TryRead(JsonElement schema, out IReadOnlyList<SchemaFault> faults)
    {
        var root = schema.Clone();
        var reader = new SchemaReader();
        reader.Read(root);
        faults = reader.Faults;
        return faults.Count == 0 ? new JsonSchema(root, reader) : null;
    }

    /// <summary>What is wrong with a value; empty when it is valid. A check that would take too long ends as an error, too.</summary>
    public IReadOnlyList<ValidationError> Validate(JsonElement value, TimeProvider time, CancellationToken cancellationToken)
    {
        List<ValidationError> errors = [];
        if (!Unicode.IsSound(value))
        {
            return [new ValidationError("", "", "It contains text that is not Unicode.")];
        }

        try
        {
            new Validator(this, new Budget(time, cancellationToken)).Validate(value, errors);
        }
        catch (Exception limit) when (limit is BudgetSpentException or RegexMatchTimeoutException)
        {
            return [new ValidationError("", "", "It cannot be checked against this schema within the limits of time, steps and depth.")];
        }

        return errors;
    }
}

/// <summary>Why a schema was refused.</summary>
/// <param name="Location">Where in the schema, a JSON pointer.</param>
/// <param name="Message">What is wrong, and what may stand there.</param>
public sealed record SchemaFault(string Location, string Message);

/// <summary>Where a value differs from its schema.</summary>
/// <param name="InstancePath">Where in the value, a JSON pointer.</param>
/// <param name="KeywordLocation">Which keyword says so, a JSON pointer through the schema and its references.</param>
/// <param name="Message">What must hold.</param>
public sealed record ValidationError(string InstancePath, string KeywordLocation, string Message);
