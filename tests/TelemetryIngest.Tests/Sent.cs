using System.Text.Json;

namespace Lyceum.TelemetryIngest.Tests;

/// <summary>Events as senders send them.</summary>
internal static class Sent
{
    /// <summary>jupyterlab-pioneer's events with the <c>eventInfo</c> that it sends.</summary>
    public static readonly IReadOnlyDictionary<string, string> Pioneer = new Dictionary<string, string>
    {
        ["ActiveCellChangeEvent"] = """{"cells":[{"id":"a1","index":3,"type":"code"}]}""",
        ["CellAddEvent"] = """{"cells":[{"id":"a1","index":3,"type":"code"}]}""",
        ["CellEditEvent"] = """{"index":3,"changes":[12,[0,"df","x = 1"],4],"type":"code"}""",
        ["CellExecuteEvent"] = """{"cells":[{"id":"a1","index":3,"type":"code"}],"success":false,"kernelError":{"errorName":"NameError","errorValue":"name 'df' is not defined","traceback":["\u001b[0;31mNameError\u001b[0m: name 'df' is not defined"]}}""",
        ["CellRemoveEvent"] = """{"cells":[{"index":3,"type":"code"}]}""",
        ["ClipboardCopyEvent"] = """{"cells":[{"id":"a1","index":3,"type":"code"}],"selection":"df.head()"}""",
        ["ClipboardCutEvent"] = """{"cells":[{"id":"a1","index":3,"type":"code"}],"selection":"df.head()"}""",
        ["ClipboardPasteEvent"] = """{"cells":[{"id":"a1","index":3,"type":"code"}],"selection":"df.head()"}""",
        ["NotebookHiddenEvent"] = "null",
        ["NotebookOpenEvent"] = """{"environ":{"PATH":"/usr/bin","DB_PASSWORD":"correct-horse-battery"}}""",
        ["NotebookSaveEvent"] = "null",
        ["NotebookScrollEvent"] = """{"cells":[{"id":"a1","index":3,"type":"code"},{"id":"a2","index":4,"type":"markdown"}]}""",
        ["NotebookVisibleEvent"] = """{"cells":[{"id":"a1","index":3,"type":"code"}]}""",
    };

    /// <summary>As deep as fits into an event, in whatever body that comes.</summary>
    public static readonly string Deep = new string('[', 240) + new string(']', 240);

    public const string WholeNotebook =
        """{"cells":[{"id":"a1","cell_type":"code","source":["import pandas\n","df.head()"],"outputs":[]}],"metadata":{"kernelspec":{"language":"python"}},"nbformat":4,"nbformat_minor":5}""";

    /// <summary>The remote exporter's body.</summary>
    public static string PioneerBody(string name, DateTimeOffset time, string? info = null, string notebook = "Task.ipynb", string? content = null) =>
        $$$"""
        {"data":{"eventDetail":{"eventName":"{{{name}}}","eventTime":{{{time.ToUnixTimeMilliseconds()}}},"eventInfo":{{{info ?? Pioneer[name]}}}},
        "notebookState":{"sessionID":"6f0c","notebookPath":"{{{notebook}}}","notebookContent":{{{content ?? "null"}}}}},
        "params":{"course":"another","token":"do-not-keep-me"},"env":[{"WORKSPACE_ID":"w1"}]}
        """;

    /// <summary>An event of our own batches.</summary>
    public static Dictionary<string, object?> Event(string type, DateTimeOffset time, object? detail = null, string? notebook = null, string? cell = null) => new()
    {
        ["id"] = Guid.CreateVersion7(),
        ["time"] = time,
        ["type"] = type,
        ["notebook"] = notebook,
        ["cell"] = cell,
        ["detail"] = detail,
    };

    /// <summary>An execution as KernelService reports it.</summary>
    public static Dictionary<string, object?> Execution(
        DateTimeOffset time, string? error = null, string notebook = "Task.ipynb", string cell = "c1", string code = "df.head()", string value = "no") =>
        Event("CellExecute", time, notebook: notebook, cell: cell, detail: error is null
            ? new { language = "python", code, success = true, duration_ms = 12 }
            : new { language = "python", code, success = false, duration_ms = 12, error = new { name = error, value, traceback = new[] { $"\e[0;31m{error}\e[0m: {value}" } } });

    public static Dictionary<string, object?> Of(this Dictionary<string, object?> sent, string course, string learner) =>
        new(sent) { ["course"] = course, ["learner"] = learner };

    public static Dictionary<string, object?> With(this Dictionary<string, object?> sent, string field, object? value) =>
        new(sent) { [field] = value };

    public static JsonElement ErrorNamed(this JsonElement activity, string name) =>
        activity.GetProperty("errors").EnumerateArray().Single(error => error.GetProperty("name").GetString() == name);

    public static JsonElement Learner(this JsonElement activity, string learner) =>
        activity.GetProperty("learners").EnumerateArray().Single(row => row.GetProperty("learner").GetString() == learner);
}
