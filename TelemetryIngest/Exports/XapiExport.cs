using System.Globalization;
using System.Text.Json;
using System.Xml;
using Lyceum.TelemetryIngest.Events;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>
/// Writes <c>statements.json</c>: a JSON array of xAPI statements as version 1.0.3 has them
/// (https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md), a line each.
/// </summary>
internal static class XapiExport
{
    public static async Task WriteAsync(ExportedEvents events, Stream stream, CancellationToken cancellationToken)
    {
        await using var lines = new LineWriter(stream);
        await lines.WriteAsync("["u8.ToArray(), cancellationToken);
        var isFirst = true;
        await foreach (var one in events.ReadAsync(cancellationToken))
        {
            await lines.WriteAsync((isFirst ? "\n"u8 : ",\n"u8).ToArray(), cancellationToken);
            await lines.WriteAsync(CleanJson.Build(writer => Write(writer, one, events.Iri)), cancellationToken);
            isFirst = false;
        }

        await lines.WriteAsync("\n]\n"u8.ToArray(), cancellationToken);
    }

    private static void Write(Utf8JsonWriter writer, ExportedEvent one, string iri)
    {
        var verb = XapiVerb.Of(one.Type);
        writer.WriteStartObject();
        writer.WriteString("id", one.EventId);
        writer.WriteStartObject("actor");
        writer.WriteString("objectType", "Agent");
        writer.WriteStartObject("account");
        writer.WriteString("homePage", iri);
        writer.WriteString("name", one.Subject);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartObject("verb");
        writer.WriteString("id", verb.Id);
        WriteWords(writer, "display", verb.Display);
        writer.WriteEndObject();
        WriteObject(writer, one, iri);
        WriteResult(writer, one, iri);
        WriteContext(writer, one, iri);
        writer.WriteString("timestamp", Time(one.Time));
        writer.WriteString("stored", Time(one.ReceivedAt));
        writer.WriteString("version", "1.0.3");
        writer.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter writer, ExportedEvent one, string iri)
    {
        var notebook = NotebookIri(one, iri);
        writer.WriteStartObject("object");
        writer.WriteString("objectType", "Activity");
        writer.WriteString("id", one.Cell is null ? notebook : $"{notebook}#{one.Cell}");
        writer.WriteStartObject("definition");
        WriteWords(writer, "name", one.Cell is null ? one.Notebook ?? "The course" : $"{one.Notebook}, cell {one.Cell}");
        writer.WriteString("type", one.Cell is null ? "http://activitystrea.ms/file" : "http://adlnet.gov/expapi/activities/interaction");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter writer, ExportedEvent one, string iri)
    {
        if (one.Success is null && one.Detail is null)
        {
            return;
        }

        writer.WriteStartObject("result");
        if (one.Success is { } success)
        {
            writer.WriteBoolean("success", success);
        }

        if (one.Detail?.Field("duration_ms") is { ValueKind: JsonValueKind.Number } duration && duration.TryGetDouble(out var milliseconds) && milliseconds is >= 0 and < 1e12)
        {
            writer.WriteString("duration", XmlConvert.ToString(TimeSpan.FromMilliseconds(milliseconds)));
        }

        if (one.Detail is { } detail)
        {
            writer.WriteStartObject("extensions");
            writer.WritePropertyName($"{Base(iri)}/extensions/detail");
            detail.WriteTo(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteContext(Utf8JsonWriter writer, ExportedEvent one, string iri)
    {
        writer.WriteStartObject("context");
        if (one.Session is { } session)
        {
            writer.WriteString("registration", session);
        }

        writer.WriteString("platform", "Lyceum");
        writer.WriteStartObject("contextActivities");
        if (one.Cell is not null)
        {
            WriteActivity(writer, "parent", NotebookIri(one, iri));
        }

        WriteActivity(writer, "grouping", iri);
        writer.WriteEndObject();
        writer.WriteStartObject("extensions");
        writer.WriteString($"{Base(iri)}/extensions/event-type", one.Type);
        writer.WriteNumber($"{Base(iri)}/extensions/order", one.Order);
        writer.WriteString($"{Base(iri)}/extensions/source", one.Source);
        writer.WriteBoolean($"{Base(iri)}/extensions/clock-off", one.ClockOff);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteActivity(Utf8JsonWriter writer, string name, string id)
    {
        writer.WriteStartArray(name);
        writer.WriteStartObject();
        writer.WriteString("objectType", "Activity");
        writer.WriteString("id", id);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteWords(Utf8JsonWriter writer, string name, string words)
    {
        writer.WriteStartObject(name);
        writer.WriteString("en", words);
        writer.WriteEndObject();
    }

    private static string NotebookIri(ExportedEvent one, string iri) =>
        one.Notebook is null ? iri : $"{iri}/notebooks/{string.Join('/', one.Notebook.Split('/').Select(Uri.EscapeDataString))}";

    private static string Base(string iri) => iri[..iri.LastIndexOf("/studies/", StringComparison.Ordinal)];

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
