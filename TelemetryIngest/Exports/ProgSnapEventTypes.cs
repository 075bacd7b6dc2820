using Lyceum.TelemetryIngest.Events;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>What events are in ProgSnap2. Where it has no type for one, the type begins with X-, as it says.</summary>
internal static class ProgSnapEventTypes
{
    private static readonly Dictionary<string, string> Types = new()
    {
        ["CellEditEvent"] = "File.Edit",
        ["ClipboardPasteEvent"] = "File.Edit",
        ["ClipboardCopyEvent"] = "File.CopyText",
        ["ClipboardCutEvent"] = "File.CopyText",
        ["NotebookOpenEvent"] = "File.Open",
        ["NotebookSaveEvent"] = "File.Save",
        ["NotebookVisibleEvent"] = "File.Focus",
        ["TutorAnswer"] = "Intervention",
    };

    /// <summary>The type of an event.</summary>
    public static string Of(string type, bool? success) => success is not null ? "Run.Program" : Types.GetValueOrDefault(type, $"X-{type}");

    /// <summary>Who made it happen; null where that is not known, as with a save, which may be automatic.</summary>
    public static string? InitiatorOf(string type) => type switch
    {
        "CellExecute" or "CellExecuteEvent" or "CellEditEvent" or "ClipboardPasteEvent" or "ClipboardCopyEvent" or "ClipboardCutEvent"
            or "CellAddEvent" or "CellRemoveEvent" or "NotebookOpenEvent" or "ActiveCellChangeEvent" or "TutorQuestion" or "TutorFeedback" => "UserDirectAction",
        "TutorAnswer" => "ToolReaction",
        _ => null,
    };

    /// <summary>What was at work: what sent the event, and the language of the kernel.</summary>
    public static string ToolsOf(ExportedEvent one)
    {
        var sender = one.Source switch
        {
            "pioneer" => "JupyterLab;jupyterlab-pioneer",
            "batch" => "Lyceum",
            _ => $"Lyceum;{one.Source}",
        };
        return one.Detail?.Text("language") is { Length: > 0 } language ? $"{sender};{language}" : sender;
    }
}
