using System.Runtime.InteropServices;
using System.Text.Json;

namespace Lyceum.ChatService.JsonSchemas;

/// <summary>The keywords that look at a value and not at schemas.</summary>
internal sealed class Assertions(JsonSchema schema, Budget budget)
{
    private const int BytesAStep = 64;

    /// <summary>What must hold and does not; null when the keyword is satisfied, or is none of these.</summary>
    public string? Complaint(JsonProperty keyword, JsonElement value) => keyword.Name switch
    {
        "type" => HasType(keyword.Value, value) ? null : $"It must be {Said(keyword.Value)}, and is {TypeOf(value)}.",
        "const" => Equal(keyword.Value, value) ? null : $"It must be {Shown(keyword.Value)}.",
        "enum" => keyword.Value.EnumerateArray().Any(allowed => Equal(allowed, value)) ? null : $"It must be one of {Shown(keyword.Value)}.",
        _ => value.ValueKind switch
        {
            JsonValueKind.Number => OfNumber(keyword, value),
            JsonValueKind.String => OfText(keyword, value.GetString()!),
            JsonValueKind.Array => OfArray(keyword, value),
            JsonValueKind.Object => OfObject(keyword, value),
            _ => null,
        },
    };

    private static string? OfNumber(JsonProperty keyword, JsonElement value)
    {
        if (keyword.Name is not ("multipleOf" or "maximum" or "exclusiveMaximum" or "minimum" or "exclusiveMinimum") || !ExactNumber.TryRead(keyword.Value, out var limit))
        {
            return null;
        }

        if (!ExactNumber.TryRead(value, out var number))
        {
            return "It is beyond the range of a double.";
        }

        return keyword.Name switch
        {
            "multipleOf" => number.IsMultipleOf(limit) ? null : $"It must be a multiple of {Shown(keyword.Value)}.",
            "maximum" => number.CompareTo(limit) <= 0 ? null : $"It must be at most {Shown(keyword.Value)}.",
            "exclusiveMaximum" => number.CompareTo(limit) < 0 ? null : $"It must be less than {Shown(keyword.Value)}.",
            "minimum" => number.CompareTo(limit) >= 0 ? null : $"It must be at least {Shown(keyword.Value)}.",
            _ => number.CompareTo(limit) > 0 ? null : $"It must be more than {Shown(keyword.Value)}.",
        };
    }

    private string? OfText(JsonProperty keyword, string text)
    {
        switch (keyword.Name)
        {
            case "maxLength":
                budget.Spend(text.Length / BytesAStep);
                return text.EnumerateRunes().Count() <= Count(keyword.Value) ? null : $"It must have at most {Shown(keyword.Value)} characters.";
            case "minLength":
                budget.Spend(text.Length / BytesAStep);
                return text.EnumerateRunes().Count() >= Count(keyword.Value) ? null : $"It must have at least {Shown(keyword.Value)} characters.";
            case "pattern":
                budget.Spend(Budget.PatternSteps);
                return schema.Patterns[keyword.Value.GetString()!].IsMatch(text) ? null : $"It must match the pattern {Shown(keyword.Value)}.";
            default:
                return null;
        }
    }

    private string? OfArray(JsonProperty keyword, JsonElement array) => keyword.Name switch
    {
        "maxItems" => array.GetArrayLength() <= Count(keyword.Value) ? null : $"It must have at most {Shown(keyword.Value)} items.",
        "minItems" => array.GetArrayLength() >= Count(keyword.Value) ? null : $"It must have at least {Shown(keyword.Value)} items.",
        "uniqueItems" => !keyword.Value.GetBoolean() || AreUnique([.. array.EnumerateArray()]) ? null : "Its items must differ from one another.",
        _ => null,
    };

    private string? OfObject(JsonProperty keyword, JsonElement value) => keyword.Name switch
    {
        "maxProperties" => value.GetPropertyCount() <= Count(keyword.Value) ? null : $"It must have at most {Shown(keyword.Value)} properties.",
        "minProperties" => value.GetPropertyCount() >= Count(keyword.Value) ? null : $"It must have at least {Shown(keyword.Value)} properties.",
        "required" => Missing(keyword.Value, value),
        "dependentRequired" => keyword.Value.EnumerateObject()
            .Where(rule => value.TryGetProperty(rule.Name, out _))
            .Select(rule => Missing(rule.Value, value))
            .FirstOrDefault(complaint => complaint is not null),
        _ => null,
    };

    private string? Missing(JsonElement names, JsonElement value)
    {
        budget.Spend(names.GetArrayLength());
        var missing = names.EnumerateArray().Select(name => name.GetString()!).Where(name => !value.TryGetProperty(name, out _)).Take(5).ToArray();
        return missing.Length == 0 ? null : $"It must have the properties {Cut(string.Join(", ", missing.Select(name => $"'{name}'")))}.";
    }

    private bool AreUnique(JsonElement[] items)
    {
        for (var one = 1; one < items.Length; one++)
        {
            for (var other = 0; other < one; other++)
            {
                if (Equal(items[one], items[other]))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool Equal(JsonElement one, JsonElement other)
    {
        budget.Spend(1 + (Math.Min(JsonMarshal.GetRawUtf8Value(one).Length, JsonMarshal.GetRawUtf8Value(other).Length) / BytesAStep));
        return JsonElement.DeepEquals(one, other);
    }

    private static bool HasType(JsonElement types, JsonElement value) => types.ValueKind == JsonValueKind.String
        ? Is(types.GetString()!, value)
        : types.EnumerateArray().Any(type => Is(type.GetString()!, value));

    private static bool Is(string type, JsonElement value) => type == TypeOf(value)
        || (type == "integer" && value.ValueKind == JsonValueKind.Number && ExactNumber.TryRead(value, out var number) && number.IsInteger);

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };

    private static string Said(JsonElement types) => types.ValueKind == JsonValueKind.String
        ? types.GetString()!
        : string.Join(" or ", types.EnumerateArray().Select(type => type.GetString()));

    // A count beyond what an array or a text can have is as good as the largest.
    private static long Count(JsonElement count) =>
        count.TryGetInt64(out var exact) ? exact : count.TryGetDouble(out var rounded) && rounded < long.MaxValue ? (long)rounded : long.MaxValue;

    private static string Shown(JsonElement value) => Cut(value.GetRawText());

    private static string Cut(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
