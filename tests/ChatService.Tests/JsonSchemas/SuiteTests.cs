using System.Text.Json;
using Lyceum.ChatService.JsonSchemas;

namespace Lyceum.ChatService.Tests.JsonSchemas;

public sealed class SuiteTests
{
    /// <summary>Files of the suite of which every group is claimed.</summary>
    [SuiteTheory]
    [InlineData("additionalProperties")]
    [InlineData("allOf")]
    [InlineData("anyOf")]
    [InlineData("boolean_schema")]
    [InlineData("const")]
    [InlineData("contains")]
    [InlineData("default")]
    [InlineData("dependentRequired")]
    [InlineData("dependentSchemas")]
    [InlineData("enum")]
    [InlineData("exclusiveMaximum")]
    [InlineData("exclusiveMinimum")]
    [InlineData("format")]
    [InlineData("if-then-else")]
    [InlineData("infinite-loop-detection")]
    [InlineData("items")]
    [InlineData("maxContains")]
    [InlineData("maxItems")]
    [InlineData("maxLength")]
    [InlineData("maxProperties")]
    [InlineData("maximum")]
    [InlineData("minContains")]
    [InlineData("minItems")]
    [InlineData("minLength")]
    [InlineData("minProperties")]
    [InlineData("minimum")]
    [InlineData("multipleOf")]
    [InlineData("not")]
    [InlineData("oneOf")]
    [InlineData("pattern")]
    [InlineData("patternProperties")]
    [InlineData("prefixItems")]
    [InlineData("properties")]
    [InlineData("propertyNames")]
    [InlineData("required")]
    [InlineData("type")]
    [InlineData("uniqueItems")]
    [InlineData("optional/bignum")]
    [InlineData("optional/float-overflow")]
    [InlineData("optional/no-schema")]
    public void A_claimed_file_passes_whole(string file)
    {
        Assert.Empty(Results(file, out var refused));
        Assert.Empty(refused);
    }

    /// <summary>Files of which some groups need what is not claimed. They are refused by the keyword, and all others pass.</summary>
    [SuiteTheory]
    [InlineData("anchor", "$id", "$ref", "$anchor")]
    [InlineData("content", "contentMediaType", "contentEncoding", "contentSchema")]
    [InlineData("defs", "$ref")]
    [InlineData("dynamicRef", "$id", "$ref", "$dynamicAnchor", "$dynamicRef")]
    [InlineData("ref", "$id", "$ref", "$anchor")]
    [InlineData("refRemote", "$id", "$ref")]
    [InlineData("unevaluatedItems", "$id", "$ref", "$dynamicAnchor", "$dynamicRef")]
    [InlineData("unevaluatedProperties", "$id", "$ref", "$dynamicAnchor", "$dynamicRef")]
    [InlineData("vocabulary", "$schema", "$ref")]
    public void What_is_not_claimed_is_refused_by_its_keyword(string file, params string[] keywords)
    {
        Assert.Empty(Results(file, out var refused));
        Assert.NotEmpty(refused);
        Assert.All(refused, fault => Assert.Contains(fault.Location.Split('/')[^1], keywords));
    }

    private static List<string> Results(string file, out List<SchemaFault> refused)
    {
        refused = [];
        List<string> wrong = [];
        foreach (var group in JsonSchemaSuite.Groups(file))
        {
            if (JsonSchema.TryRead(group.GetProperty("schema"), out var faults) is not { } schema)
            {
                refused.AddRange(faults);
                continue;
            }

            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                var errors = schema.Validate(test.GetProperty("data"), TimeProvider.System, CancellationToken.None);
                if (errors.Count == 0 != test.GetProperty("valid").GetBoolean())
                {
                    wrong.Add($"{group.GetProperty("description").GetString()}: {test.GetProperty("description").GetString()}");
                }
            }
        }

        return wrong;
    }
}
