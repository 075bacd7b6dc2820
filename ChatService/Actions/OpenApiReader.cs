using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.ChatService.JsonSchemas;

namespace Lyceum.ChatService.Actions;

/// <summary>Reads an OpenAPI document (3.0 or 3.1): what is called, where, and with which arguments. What cannot be called as described is refused.</summary>
internal sealed class OpenApiReader
{
    private const int MaxOperations = 100;
    private const int MaxSummary = 300;
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch"];

    private readonly List<SchemaFault> _faults = [];
    private readonly JsonElement _document;

    private OpenApiReader(JsonElement document) => _document = document;

    public static ApiDescription? TryRead(JsonElement document, out IReadOnlyList<SchemaFault> faults)
    {
        var reader = new OpenApiReader(document);
        var api = reader.Read();
        faults = reader._faults;
        return faults.Count == 0 ? api : null;
    }

    private ApiDescription? Read()
    {
        if (!Unicode.IsSound(_document) || Text(_document, "openapi") is not ['3', '.', '0' or '1', ..])
        {
            return Fault("/openapi", "It must be an OpenAPI document of version 3.0 or 3.1.");
        }

        var server = Property(Property(_document, "servers").EnumerateArrayOrNone().FirstOrDefault(), "url");
        if (server.ValueKind != JsonValueKind.String || !Uri.TryCreate(server.GetString(), UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.UserInfo.Length > 0)
        {
            return Fault("/servers/0/url", "It must be an absolute address, such as https://api.example.org/v1.");
        }

        List<ApiOperation> operations = [];
        foreach (var path in Property(_document, "paths").EnumerateObjectOrNone())
        {
            if (path.Name is not ['/', ..] || path.Name.AsSpan().ContainsAny('?', '#', '\\'))
            {
                return Fault(Pointer.Root.Then("paths").Then(path.Name).ToString(), "A path begins with '/' and has no '?', '#' or '\\'.");
            }

            foreach (var method in Methods.Where(method => Property(path.Value, method).ValueKind == JsonValueKind.Object))
            {
                if (operations.Count == MaxOperations)
                {
                    return Fault("/paths", $"It has more than {MaxOperations} operations.");
                }

                if (Operation(path, method) is { } operation)
                {
                    operations.Add(operation);
                }
            }
        }

        var twice = operations.GroupBy(operation => operation.Id).FirstOrDefault(group => group.Count() > 1);
        return operations.Count == 0 && _faults.Count == 0 ? Fault("/paths", "It has no operations.")
            : twice is not null ? Fault("/paths", $"Two operations have the operationId '{twice.Key}'.")
            : new ApiDescription(Text(Property(_document, "info"), "title") ?? url.Host, url, operations);
    }

    private ApiOperation? Operation(JsonProperty path, string method)
    {
        var at = Pointer.Root.Then("paths").Then(path.Name).Then(method);
        var operation = Property(path.Value, method);
        var schemas = new OpenApiSchemas(Property(Property(_document, "components"), "schemas"));
        var arguments = Parameters(path.Value, operation, at, schemas);
        if (arguments is null || !AddBody(operation, at, schemas, arguments))
        {
            return null;
        }

        var schema = schemas.Arguments(
            arguments.ToDictionary(part => part.Key, part => part.Value.Schema), arguments.Where(part => part.Value.Required).Select(part => part.Key), out var faults);
        if (schema is null)
        {
            Fault(at.ToString(), $"Its arguments' schema cannot be used. At {faults[0].Location}: {faults[0].Message}");
            return null;
        }

        var summary = Text(operation, "summary") ?? Text(operation, "description") ?? "";
        var id = Text(operation, "operationId") ?? $"{method} {path.Name}";
        return new ApiOperation(id, method.ToUpperInvariant(), path.Name, summary.Length <= MaxSummary ? summary : summary[..MaxSummary], schema);
    }

    private Dictionary<string, (JsonNode Schema, bool Required)>? Parameters(JsonElement path, JsonElement operation, Pointer at, OpenApiSchemas schemas)
    {
        Dictionary<(string Where, string Name), JsonElement> parameters = [];
        foreach (var parameter in Property(path, "parameters").EnumerateArrayOrNone().Concat(Property(operation, "parameters").EnumerateArrayOrNone()).Select(Resolve))
        {
            var (where, name) = (Text(parameter, "in"), Text(parameter, "name"));
            if (where is null || name is null)
            {
                Fault($"{at}/parameters", "A parameter has no 'name' or no 'in'.");
                return null;
            }

            if (where is "path" or "query")
            {
                parameters[(where, name)] = parameter;
            }
            else if (IsRequired(parameter))
            {
                Fault($"{at}/parameters", $"'{name}' must be sent in the {where}: only 'path' and 'query' can be filled in. An operator's credentials are added by themselves.");
                return null;
            }
        }

        Dictionary<string, (JsonNode, bool)> parts = [];
        foreach (var part in parameters.GroupBy(parameter => parameter.Key.Where))
        {
            var required = part.Where(parameter => part.Key == "path" || IsRequired(parameter.Value)).Select(parameter => parameter.Key.Name).ToArray();
            var properties = part.Select(parameter => KeyValuePair.Create(
                parameter.Key.Name, Property(parameter.Value, "schema") is { ValueKind: not JsonValueKind.Undefined } schema ? schemas.Convert(schema) : JsonValue.Create(true)));
            parts[part.Key] = (OpenApiSchemas.Object(properties, required), required.Length > 0);
        }

        return parts;
    }

    private bool AddBody(JsonElement operation, Pointer at, OpenApiSchemas schemas, Dictionary<string, (JsonNode Schema, bool Required)> arguments)
    {
        var body = Resolve(Property(operation, "requestBody"));
        if (body.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var json = Property(Property(body, "content"), "application/json");
        if (json.ValueKind == JsonValueKind.Object)
        {
            arguments["body"] = (Property(json, "schema") is { ValueKind: not JsonValueKind.Undefined } schema ? schemas.Convert(schema) : JsonValue.Create(true), IsRequired(body));
            return true;
        }

        if (IsRequired(body))
        {
            Fault($"{at}/requestBody", "It must be sent as something else than application/json.");
        }

        return !IsRequired(body);
    }

    /// <summary>Follows references to components.</summary>
    private JsonElement Resolve(JsonElement element)
    {
        for (var hops = 0; hops < 8 && Text(element, "$ref") is ['#', '/', .. var pointer]; hops++)
        {
            element = pointer.Split('/').Aggregate(_document, Property);
        }

        return element;
    }

    private static bool IsRequired(JsonElement element) => Property(element, "required").ValueKind == JsonValueKind.True;

    private static JsonElement Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private ApiDescription? Fault(string location, string message)
    {
        _faults.Add(new SchemaFault(location, message));
        return null;
    }
}

internal static class OpenApiElements
{
    public static IEnumerable<JsonElement> EnumerateArrayOrNone(this JsonElement element) => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    public static IEnumerable<JsonProperty> EnumerateObjectOrNone(this JsonElement element) => element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : [];
}
