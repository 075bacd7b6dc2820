using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>
/// Writes what a sender sent as it may be stored: without <c>environ</c> at any depth (pioneer puts all of the server's environment
/// there), without secrets, without colours in tracebacks and outputs, and with numbers that PostgreSQL can hold.
/// </summary>
internal static class CleanJson
{
    private const int MaxNumberLength = 64;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The value, cleaned.</summary>
    public static byte[] From(JsonElement value) => Build(writer => Write(writer, value, colours: true));

    /// <summary>An object of the fields of the first value, if it is one, and another field; cleaned.</summary>
    public static byte[] From(JsonElement fields, string name, JsonElement value) => Build(writer =>
    {
        writer.WriteStartObject();
        if (fields.ValueKind == JsonValueKind.Object)
        {
            WriteFields(writer, fields, colours: true);
        }

        writer.WritePropertyName(name);
        Write(writer, value, colours: true);
        writer.WriteEndObject();
    });

    /// <summary>What the action writes.</summary>
    public static byte[] Build(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, bool colours)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                WriteFields(writer, value, colours);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item, colours);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                var text = value.GetString()!;
                writer.WriteStringValue(Secrets.Mask(colours ? text : StorableText.WithoutColours(text)));
                break;
            case JsonValueKind.Number:
                WriteNumber(writer, value);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static void WriteFields(Utf8JsonWriter writer, JsonElement value, bool colours)
    {
        foreach (var field in value.EnumerateObject())
        {
            if (field.Name.Equals("environ", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            writer.WritePropertyName(field.Name);
            if (field.Value.ValueKind == JsonValueKind.String && Secrets.IsSecretName(field.Name))
            {
                writer.WriteStringValue(Secrets.MaskAll(field.Value.GetString()!));
            }
            else
            {
                // Never in code and edits: there the escape character would be the student's, and positions count on it.
                Write(writer, field.Value, colours && field.Name is not ("error" or "kernelError" or "traceback" or "outputs"));
            }
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, JsonElement value)
    {
        // jsonb keeps numbers as decimals and refuses exponents in the hundred thousands; JSON knows no bounds.
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (raw.Length <= MaxNumberLength && !raw.ContainsAny((byte)'e', (byte)'E'))
        {
            writer.WriteRawValue(raw, skipInputValidation: true);
        }
        else if (value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(raw[..Math.Min(raw.Length, MaxNumberLength)]);
        }
    }
}
