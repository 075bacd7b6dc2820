using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lyceum.ChatService.JsonSchemas;

/// <summary>Walks a schema once: every keyword known, every value of its keyword's form, every pattern compiled, every reference resolved.</summary>
internal sealed partial class SchemaReader
{
    private const int MaxSchemas = 2000;
    private const int MaxFaults = 20;

    private readonly Dictionary<string, JsonElement> _schemas = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _references = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Regex> _patterns = new(StringComparer.Ordinal);
    private readonly List<(Pointer At, string Reference)> _unresolved = [];
    private readonly List<SchemaFault> _faults = [];
    private int _count;

    public IReadOnlyDictionary<string, JsonElement> References => _references;

    public IReadOnlyDictionary<string, Regex> Patterns => _patterns;

    public IReadOnlyList<SchemaFault> Faults => _faults;

    public void Read(JsonElement root)
    {
        if (!Unicode.IsSound(root))
        {
            Fault(Pointer.Root, "It contains text that is not Unicode.");
            return;
        }

        Schema(root, Pointer.Root);
        foreach (var (at, reference) in _unresolved)
        {
            Resolve(reference, at);
        }
    }

    private void Schema(JsonElement schema, Pointer at)
    {
        if (++_count > MaxSchemas)
        {
            if (_count == MaxSchemas + 1)
            {
                Fault(at, $"It holds more than {MaxSchemas} schemas.");
            }

            return;
        }

        _schemas[$"#{at}"] = schema;
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return;
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            Fault(at, "A schema is an object, true or false.");
            return;
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            var where = at.Then(keyword.Name);
            if (!Keywords.Shapes.TryGetValue(keyword.Name, out var shape))
            {
                Fault(where, "This keyword is not one that this service checks, so it is refused rather than ignored. docs/structured.md lists those that it does.");
            }
            else if (Complaint(shape, keyword.Value, where, at == Pointer.Root) is { } complaint)
            {
                Fault(where, complaint);
            }
        }
    }

    private string? Complaint(Shape shape, JsonElement value, Pointer at, bool root) => shape switch
    {
        Shape.Dialect => !root ? "It may stand at the root only."
            : value.ValueKind == JsonValueKind.String && value.GetString()!.TrimEnd('#') == "https://json-schema.org/draft/2020-12/schema" ? null
            : "Only 'https://json-schema.org/draft/2020-12/schema' is known.",
        Shape.Identifier => !root ? "It may stand at the root only." : KeywordValues.Complaint(Shape.Text, value),
        Shape.Anchor => Anchor(value, at),
        Shape.Reference => Reference(value, at),
        Shape.Pattern => value.ValueKind == JsonValueKind.String ? Compile(value.GetString()!) : "It must be a string.",
        Shape.Schema or Shape.SchemaList or Shape.SchemaMap or Shape.PatternMap => Subschemas(shape, value, at),
        _ => KeywordValues.Complaint(shape, value),
    };

    private string? Subschemas(Shape shape, JsonElement value, Pointer at)
    {
        switch (shape, value.ValueKind)
        {
            case (Shape.Schema, _):
                Schema(value, at);
                return null;
            case (Shape.SchemaList, JsonValueKind.Array) when value.GetArrayLength() > 0:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Schema(item, at.Then(index++));
                }

                return null;
            case (Shape.SchemaMap or Shape.PatternMap, JsonValueKind.Object):
                foreach (var property in value.EnumerateObject())
                {
                    if (shape == Shape.PatternMap && Compile(property.Name) is { } complaint)
                    {
                        Fault(at.Then(property.Name), complaint);
                    }

                    Schema(property.Value, at.Then(property.Name));
                }

                return null;
            default:
                return shape == Shape.SchemaList ? "It must be an array of at least one schema." : "It must be an object of schemas.";
        }
    }

    private string? Compile(string pattern)
    {
        if (!_patterns.ContainsKey(pattern))
        {
            if (Pattern.TryRead(pattern, out var reason) is not { } regex)
            {
                return reason;
            }

            _patterns[pattern] = regex;
        }

        return null;
    }

    private string? Anchor(JsonElement value, Pointer at) =>
        value.ValueKind != JsonValueKind.String || !AnchorName().IsMatch(value.GetString()!) ? "It must be a name of letters, digits, '-', '_' and '.'."
        : _schemas.TryAdd($"#{value.GetString()}", _schemas[$"#{at.Parent}"]) ? null
        : "Another schema has this anchor.";

    private string? Reference(JsonElement value, Pointer at)
    {
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not ['#', ..] reference)
        {
            return "It must lead to a place in this schema, such as '#/$defs/name' or '#anchor': nothing is fetched.";
        }

        _unresolved.Add((at, reference));
        return null;
    }

    private void Resolve(string reference, Pointer at)
    {
        // A pointer may spell its tokens with percent signs; anchors have nothing to escape.
        if (_schemas.TryGetValue(Uri.UnescapeDataString(reference), out var target))
        {
            _references[reference] = target;
        }
        else
        {
            Fault(at, "There is no schema at this place.");
        }
    }

    private void Fault(Pointer at, string message)
    {
        if (_faults.Count < MaxFaults)
        {
            _faults.Add(new SchemaFault(at.ToString(), message));
        }
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9._-]*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 500)]
    private static partial Regex AnchorName();
}
