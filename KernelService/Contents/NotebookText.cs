using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lyceum.KernelService.Contents;

/// <summary>
/// The two ways to write a notebook's longer texts: on disk as arrays of lines, which version control can compare,
/// and to clients as one string (nbformat, <c>multiline_string</c>).
/// </summary>
internal static class NotebookText
{
    private static readonly JsonWriterOptions OnDisk = new() { Indented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions OnWire = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> ForDisk(JsonElement notebook)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(buffer, notebook, OnDisk, split: true);
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    public static ReadOnlyMemory<byte> ForClients(JsonElement notebook)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(buffer, notebook, OnWire, split: false);
        return buffer.WrittenMemory;
    }

    private static void Write(ArrayBufferWriter<byte> buffer, JsonElement notebook, JsonWriterOptions options, bool split)
    {
        using var writer = new Utf8JsonWriter(buffer, options);
        WriteObject(writer, notebook, (name, value) =>
        {
            if (name == "cells")
            {
                WriteArray(writer, value, cell => WriteCell(writer, cell, split));
            }
            else
            {
                value.WriteTo(writer);
            }
        });
    }

    private static void WriteCell(Utf8JsonWriter writer, JsonElement cell, bool split) => WriteObject(writer, cell, (name, value) =>
    {
        if (name == "source")
        {
            WriteText(writer, value, split);
        }
        else if (name == "outputs")
        {
            WriteArray(writer, value, output => WriteOutput(writer, output, split));
        }
        else
        {
            value.WriteTo(writer);
        }
    });

    private static void WriteOutput(Utf8JsonWriter writer, JsonElement output, bool split) => WriteObject(writer, output, (name, value) =>
    {
        if (name == "text")
        {
            WriteText(writer, value, split);
        }
        else if (name == "data" && value.ValueKind == JsonValueKind.Object)
        {
            WriteObject(writer, value, (format, data) =>
            {
                if (format.EndsWith("json", StringComparison.Ordinal))
                {
                    data.WriteTo(writer);
                }
                else
                {
                    // Binary data have no lines to compare.
                    WriteText(writer, data, split && (format.StartsWith("text/", StringComparison.Ordinal) || format == "image/svg+xml"));
                }
            });
        }
        else
        {
            value.WriteTo(writer);
        }
    });

    private static void WriteText(Utf8JsonWriter writer, JsonElement value, bool split)
    {
        var isLines = value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(line => line.ValueKind == JsonValueKind.String);
        if (!isLines && value.ValueKind != JsonValueKind.String)
        {
            value.WriteTo(writer);
            return;
        }

        var text = isLines ? string.Concat(value.EnumerateArray().Select(line => line.GetString())) : value.GetString()!;
        if (!split)
        {
            writer.WriteStringValue(text);
            return;
        }

        writer.WriteStartArray();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is >= 0 and var newline ? newline + 1 : text.Length;
            writer.WriteStringValue(text.AsSpan(start, end - start));
            start = end;
        }

        writer.WriteEndArray();
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement value, Action<string, JsonElement> write)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            value.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var property in value.EnumerateObject())
        {
            writer.WritePropertyName(property.Name);
            write(property.Name, property.Value);
        }

        writer.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter writer, JsonElement value, Action<JsonElement> write)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            value.WriteTo(writer);
            return;
        }

        writer.WriteStartArray();
        foreach (var item in value.EnumerateArray())
        {
            write(item);
        }

        writer.WriteEndArray();
    }
}
