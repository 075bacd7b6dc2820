using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.ChatService.JsonSchemas;

namespace Lyceum.ChatService.Tests.JsonSchemas;

public sealed class JsonSchemaTests
{
    [Theory]
    [InlineData("""{"type":"object","propertes":{}}""", "/propertes")]
    [InlineData("""{"properties":{"a/b":{"type":"int"}}}""", "/properties/a~1b/type")]
    [InlineData("""{"$defs":{"a":{"$dynamicRef":"#a"}}}""", "/$defs/a/$dynamicRef")]
    [InlineData("""{"items":{"$ref":"https://example.com/schema"}}""", "/items/$ref")]
    [InlineData("""{"items":{"$ref":"file:///etc/passwd"}}""", "/items/$ref")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "/$ref")]
    [InlineData("""{"enum":[{"type":"string"}],"$ref":"#/enum/0"}""", "/$ref")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#"}""", "/$schema")]
    [InlineData("""{"pattern":"("}""", "/pattern")]
    [InlineData("""{"pattern":"(?i)a"}""", "/pattern")]
    [InlineData("""{"patternProperties":{"[":true}}""", "/patternProperties/[")]
    [InlineData("""{"minLength":-1}""", "/minLength")]
    [InlineData("""{"multipleOf":0}""", "/multipleOf")]
    [InlineData("""{"maximum":1e99999}""", "/maximum")]
    [InlineData("""{"allOf":[]}""", "/allOf")]
    [InlineData("""{"required":["a",1]}""", "/required")]
    [InlineData("""{"title":"\ud800"}""", "")]
    [InlineData("7", "")]
    public void A_schema_that_cannot_be_honoured_is_refused_with_the_place(string schema, string place)
    {
        Assert.Null(JsonSchema.TryRead(JsonElement.Parse(schema), out var faults));
        Assert.Equal(place, Assert.Single(faults).Location);
    }

    [Theory]
    [InlineData("""{"properties":{"age":{"type":"integer"}}}""", """{"age":"x"}""", "/age", "/properties/age/type")]
    [InlineData("""{"required":["name"]}""", """{}""", "", "/required")]
    [InlineData("""{"items":{"$ref":"#/$defs/n"},"$defs":{"n":{"minimum":3}}}""", "[3,2]", "/1", "/items/$ref/minimum")]
    [InlineData("""{"additionalProperties":false}""", """{"a/b~":1}""", "/a~1b~0", "/additionalProperties")]
    [InlineData("""{"if":{"minimum":5},"then":{"maximum":9}}""", "10", "", "/then/maximum")]
    [InlineData("""{"pattern":"^a$"}""", "\"a\\n\"", "", "/pattern")]
    [InlineData("""{"pattern":"^\\d+$"}""", "\"\\u0663\"", "", "/pattern")]
    [InlineData("""{"multipleOf":0.0001}""", "0.00075", "", "/multipleOf")]
    [InlineData("true", "\"\\ud800\"", "", "")]
    public void An_error_says_where_in_the_value_and_by_which_keyword(string schema, string value, string path, string keyword)
    {
        var error = Assert.Single(Errors(schema, value));
        Assert.Equal(path, error.InstancePath);
        Assert.Equal(keyword, error.KeywordLocation);
    }

    [Fact]
    public void A_choice_that_fails_tells_what_each_branch_wanted()
    {
        var errors = Errors("""{"anyOf":[{"type":"string"},{"minimum":5}]}""", "3");

        Assert.Equal(["/anyOf", "/anyOf/0/type", "/anyOf/1/minimum"], errors.Select(error => error.KeywordLocation));
    }

    [Fact]
    public void Errors_are_counted_up_to_a_limit() =>
        Assert.Equal(20, Errors("""{"items":{"type":"string"}}""", $"[{string.Join(',', Enumerable.Range(0, 1000))}]").Count);

    /// <summary>Each of these would take longer than the age of the universe, or all of the stack.</summary>
    [Fact]
    public void A_schema_made_to_take_for_ever_ends_as_an_error()
    {
        JsonObject definitions = [];
        for (var i = 0; i < 100; i++)
        {
            definitions[$"d{i}"] = JsonNode.Parse($$"""{"allOf":[{"$ref":"#/$defs/d{{i + 1}}"},{"$ref":"#/$defs/d{{i + 1}}"}]}""");
        }

        definitions["d100"] = true;
        var doubling = new JsonObject { ["$ref"] = "#/$defs/d0", ["$defs"] = definitions }.ToJsonString();

        Assert.Contains("limits", Assert.Single(Errors(doubling, "1")).Message, StringComparison.Ordinal);
        Assert.Contains("limits", Assert.Single(Errors("""{"$ref":"#"}""", "1")).Message, StringComparison.Ordinal);
        Assert.Contains("limits", Assert.Single(Errors("""{"pattern":"^(a+)+$"}""", $"\"{new string('a', 100)}!\"")).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ValidationError> Errors(string schema, string value)
    {
        var read = JsonSchema.TryRead(JsonElement.Parse(schema), out var faults);
        Assert.Empty(faults);
        return read!.Validate(JsonElement.Parse(value), TimeProvider.System, CancellationToken.None);
    }
}
