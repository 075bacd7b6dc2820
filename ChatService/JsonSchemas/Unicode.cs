using System.Text.Json;

namespace Lyceum.ChatService.JsonSchemas;

internal static class Unicode
{
    /// <summary>Whether every name and text of a value can be read: JSON's escapes can spell half of a surrogate pair.</summary>
    public static bool IsSound(JsonElement value)
    {
        try
        {
            Read(value);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void Read(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            _ = value.GetString();
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                Read(item);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                _ = property.Name;
                Read(property.Value);
            }
        }
    }
}
