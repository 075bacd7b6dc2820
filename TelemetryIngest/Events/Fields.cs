using System.Text.Json;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>Reads JSON of which nothing can be taken for granted: what is absent or of another kind is undefined or null.</summary>
internal static class Fields
{
    /// <summary>A field of an object.</summary>
    public static JsonElement Field(this JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var field) ? field : default;

    /// <summary>The items of an array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>The first item of an array.</summary>
    public static JsonElement First(this JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 ? value[0] : default;

    /// <summary>The text of a string.</summary>
    public static string? Text(this JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The text of a field that is a string.</summary>
    public static string? Text(this JsonElement value, string name) => value.Field(name).Text();

    /// <summary>The value of a field that is true or false.</summary>
    public static bool? Flag(this JsonElement value, string name) => value.Field(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>Whether there is anything at all.</summary>
    public static bool IsGiven(this JsonElement value) => value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);
}
