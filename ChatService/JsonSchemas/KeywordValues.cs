using System.Text.Json;

namespace Lyceum.ChatService.JsonSchemas;

/// <summary>Checks the values of keywords that hold no schemas.</summary>
internal static class KeywordValues
{
    /// <summary>What is wrong with a keyword's value, or null.</summary>
    public static string? Complaint(Shape shape, JsonElement value) => shape switch
    {
        Shape.Text => value.ValueKind == JsonValueKind.String ? null : "It must be a string.",
        Shape.Flag => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "It must be true or false.",
        Shape.List => value.ValueKind == JsonValueKind.Array ? null : "It must be an array.",
        Shape.Number => IsNumber(value, out _) ? null : "It must be a number, within the range of a double.",
        Shape.PositiveNumber => IsNumber(value, out var number) && number.Digits.Sign > 0 ? null : "It must be a number above 0, within the range of a double.",
        Shape.Count => IsNumber(value, out var count) && count.IsInteger && count.Digits.Sign >= 0 ? null : "It must be a whole number, 0 or more.",
        Shape.Types => AreTypes(value) ? null : $"It must be one of {string.Join(", ", Keywords.Types.Order())}, or an array of them.",
        Shape.Names => AreNames(value) ? null : "It must be an array of strings.",
        Shape.NamesMap => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(entry => AreNames(entry.Value)) ? null : "It must be an object of arrays of strings.",
        _ => null,
    };

    private static bool IsNumber(JsonElement value, out ExactNumber number)
    {
        number = default;
        return value.ValueKind == JsonValueKind.Number && ExactNumber.TryRead(value, out number);
    }

    private static bool AreNames(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String);

    private static bool AreTypes(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? Keywords.Types.Contains(value.GetString()!)
        : value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
            && value.EnumerateArray().All(type => type.ValueKind == JsonValueKind.String && Keywords.Types.Contains(type.GetString()!));
}
