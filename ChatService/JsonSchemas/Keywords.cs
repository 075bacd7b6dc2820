using System.Collections.Frozen;

namespace Lyceum.ChatService.JsonSchemas;

/// <summary>What a keyword's value must look like.</summary>
internal enum Shape
{
    Anything,
    Dialect,
    Identifier,
    Anchor,
    Reference,
    Schema,
    SchemaList,
    SchemaMap,
    PatternMap,
    Pattern,
    Number,
    PositiveNumber,
    Count,
    Text,
    Flag,
    List,
    Types,
    Names,
    NamesMap,
}

/// <summary>The keywords of draft 2020-12 that are known here. Others are refused: whoever wrote one expects it to hold.</summary>
internal static class Keywords
{
    public static readonly FrozenDictionary<string, Shape> Shapes = new Dictionary<string, Shape>
    {
        ["$schema"] = Shape.Dialect,
        ["$id"] = Shape.Identifier,
        ["$anchor"] = Shape.Anchor,
        ["$ref"] = Shape.Reference,
        ["$defs"] = Shape.SchemaMap,
        ["$comment"] = Shape.Text,
        ["allOf"] = Shape.SchemaList,
        ["anyOf"] = Shape.SchemaList,
        ["oneOf"] = Shape.SchemaList,
        ["not"] = Shape.Schema,
        ["if"] = Shape.Schema,
        ["then"] = Shape.Schema,
        ["else"] = Shape.Schema,
        ["dependentSchemas"] = Shape.SchemaMap,
        ["prefixItems"] = Shape.SchemaList,
        ["items"] = Shape.Schema,
        ["contains"] = Shape.Schema,
        ["properties"] = Shape.SchemaMap,
        ["patternProperties"] = Shape.PatternMap,
        ["additionalProperties"] = Shape.Schema,
        ["propertyNames"] = Shape.Schema,
        ["unevaluatedItems"] = Shape.Schema,
        ["unevaluatedProperties"] = Shape.Schema,
        ["type"] = Shape.Types,
        ["enum"] = Shape.List,
        ["const"] = Shape.Anything,
        ["multipleOf"] = Shape.PositiveNumber,
        ["maximum"] = Shape.Number,
        ["exclusiveMaximum"] = Shape.Number,
        ["minimum"] = Shape.Number,
        ["exclusiveMinimum"] = Shape.Number,
        ["maxLength"] = Shape.Count,
        ["minLength"] = Shape.Count,
        ["pattern"] = Shape.Pattern,
        ["maxItems"] = Shape.Count,
        ["minItems"] = Shape.Count,
        ["uniqueItems"] = Shape.Flag,
        ["maxContains"] = Shape.Count,
        ["minContains"] = Shape.Count,
        ["maxProperties"] = Shape.Count,
        ["minProperties"] = Shape.Count,
        ["required"] = Shape.Names,
        ["dependentRequired"] = Shape.NamesMap,
        // Annotations: they constrain nothing, in the specification as here.
        ["title"] = Shape.Text,
        ["description"] = Shape.Text,
        ["default"] = Shape.Anything,
        ["deprecated"] = Shape.Flag,
        ["readOnly"] = Shape.Flag,
        ["writeOnly"] = Shape.Flag,
        ["examples"] = Shape.List,
        ["format"] = Shape.Text,
    }.ToFrozenDictionary();

    public static readonly FrozenSet<string> Types = FrozenSet.Create("null", "boolean", "object", "array", "number", "string", "integer");
}
