using System.Runtime.InteropServices;
using System.Text.Json;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Studies;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>Writes an event's detail as it may leave: texts scrubbed, ids replaced by those of the study.</summary>
internal static class ScrubbedJson
{
    /// <summary>The value, scrubbed.</summary>
    public static byte[] From(JsonElement value, Scrubber scrubber, StudyKey key) => CleanJson.Build(writer => Write(writer, value, scrubber, key, isId: false));

    private static void Write(Utf8JsonWriter writer, JsonElement value, Scrubber scrubber, StudyKey key, bool isId)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var field in value.EnumerateObject())
                {
                    writer.WritePropertyName(scrubber.Clean(field.Name));
                    // The only ids that senders put there are cells'.
                    Write(writer, field.Value, scrubber, key, isId: field.Name == "id");
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item, scrubber, key, isId: false);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String when isId:
                writer.WriteStringValue(key.Name("cell", value.GetString()!));
                break;
            case JsonValueKind.String when Guid.TryParseExact(value.GetString(), "D", out var id):
                writer.WriteStringValue(key.Id("id", id.ToString()));
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(scrubber.Clean(value.GetString()!));
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
