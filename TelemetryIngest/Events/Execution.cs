using System.Text.Json;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>
/// What an event says about running a cell: KernelService's <c>CellExecute</c> and pioneer's <c>CellExecuteEvent</c>, in one shape.
/// </summary>
/// <param name="Success">Whether it ran through; null when the event is not about running code.</param>
/// <param name="Failure">What is shown of a failure: <c>language, code, name, value, traceback</c>; null without one.</param>
internal readonly record struct Execution(bool? Success, byte[]? Failure)
{
    /// <summary>KernelService's type.</summary>
    public const string Reported = "CellExecute";

    /// <summary>pioneer's type.</summary>
    public const string Observed = "CellExecuteEvent";

    private const int MaxCode = 20_000;
    private const int MaxValue = 4_000;
    private const int MaxName = 200;
    private const int MaxTracebackLines = 100;
    private const int MaxTracebackLine = 2_000;

    /// <summary>Reads an event's detail.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="detail">Its detail.</param>
    /// <param name="notebook">The whole notebook, where pioneer sent it, for the cell's code.</param>
    public static Execution Of(string type, JsonElement detail, JsonElement notebook) => type switch
    {
        Reported => OfReported(detail),
        Observed => OfObserved(detail, notebook),
        _ => default,
    };

    private static Execution OfReported(JsonElement detail)
    {
        var error = detail.Field("error");
        return detail.Flag("success") switch
        {
            null => default,
            true => new(true, null),
            false => new(false, Write(detail.Text("language"), detail.Text("code"), error.Text("name"), error.Text("value"), error.Field("traceback"))),
        };
    }

    private static Execution OfObserved(JsonElement detail, JsonElement notebook)
    {
        // pioneer reports the rendering of Markdown as an execution, too.
        var cell = detail.Field("cells").First();
        if (detail.Flag("success") is not { } success || cell.Text("type") is "markdown" or "raw")
        {
            return default;
        }

        if (success)
        {
            return new(true, null);
        }

        var metadata = notebook.Field("metadata");
        var error = detail.Field("kernelError");
        return new(false, Write(
            metadata.Field("kernelspec").Text("language") ?? metadata.Field("language_info").Text("name"),
            cell.Text("id") is { } id ? CodeOf(notebook, id) : null,
            error.Text("errorName"),
            error.Text("errorValue"),
            error.Field("traceback")));
    }

    private static string? CodeOf(JsonElement notebook, string id)
    {
        foreach (var cell in notebook.Field("cells").Items())
        {
            if (cell.Text("id") == id)
            {
                // nbformat: a multi-line string may be a list of lines, each with its line break.
                return cell.Text("source") ?? string.Concat(cell.Field("source").Items().Select(line => line.Text()));
            }
        }

        return null;
    }

    private static byte[] Write(string? language, string? code, string? name, string? value, JsonElement traceback) => CleanJson.Build(writer =>
    {
        writer.WriteStartObject();
        WriteText("language", language, MaxName);
        WriteText("code", code, MaxCode);
        WriteText("name", string.IsNullOrWhiteSpace(name) ? "Error" : name, MaxName);
        WriteText("value", value ?? "", MaxValue);
        writer.WriteStartArray("traceback");
        // The end says what went wrong, and a deep recursion makes the middle long.
        foreach (var line in traceback.Items().Select(line => line.Text()).OfType<string>().TakeLast(MaxTracebackLines))
        {
            writer.WriteStringValue(Readable(line, MaxTracebackLine));
        }

        writer.WriteEndArray();
        writer.WriteEndObject();

        void WriteText(string field, string? text, int length)
        {
            if (text is not null)
            {
                writer.WriteString(field, Readable(text, length));
            }
        }
    });

    private static string Readable(string text, int length) => StorableText.Cut(Secrets.Mask(StorableText.WithoutColours(text)), length);
}
