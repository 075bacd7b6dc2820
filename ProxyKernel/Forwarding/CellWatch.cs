using System.Collections.Concurrent;
using System.Text.Json;
using Lyceum.Messaging;
using Lyceum.NotebookAssistant;

namespace Lyceum.ProxyKernel.Forwarding;

/// <summary>Takes note of the cells that run, and of how they end. It only looks.</summary>
internal sealed class CellWatch(RecentCells recent)
{
    private const int MaxPending = 100;
    private const int MaxText = 4 * 1024;
    private const int MaxTraceback = 50;

    private readonly ConcurrentDictionary<string, (string Code, string? Cell)> _pending = new(StringComparer.Ordinal);

    public void Requested(JupyterHeader header, JupyterMessage message)
    {
        if (header.MsgType == "execute_request" && _pending.Count < MaxPending && TryParse(message.Content) is { } content
            && Text(content, "code") is { Length: > 0 } code && !(content.TryGetProperty("silent", out var silent) && silent.ValueKind == JsonValueKind.True))
        {
            _pending[header.MsgId] = (code, TryParse(message.Metadata) is { } metadata ? Text(metadata, "cellId") : null);
        }
    }

    /// <summary>A message on iopub: a cell has ended when the kernel is idle again.</summary>
    public void Published(JupyterHeader header, JupyterHeader parent, JupyterMessage message)
    {
        if (header.MsgType is not ("error" or "status") || !_pending.ContainsKey(parent.MsgId) || TryParse(message.Content) is not { } content)
        {
            return;
        }

        if (header.MsgType == "error" && _pending.TryRemove(parent.MsgId, out var failed))
        {
            string[] traceback = content.TryGetProperty("traceback", out var lines) && lines.ValueKind == JsonValueKind.Array
                ? [.. lines.EnumerateArray().TakeLast(MaxTraceback).Select(line => Cut(line.ToString()))]
                : [];
            recent.Add(new RecentCell(failed.Code, failed.Cell, new CellError(Cut(Text(content, "ename")), Cut(Text(content, "evalue")), traceback)));
        }
        else if (header.MsgType == "status" && Text(content, "execution_state") == "idle" && _pending.TryRemove(parent.MsgId, out var done))
        {
            recent.Add(new RecentCell(done.Code, done.Cell, null));
        }
    }

    private static string Cut(string? text) => text is null ? "" : text.Length <= MaxText ? text : text[..MaxText];

    private static string? Text(JsonElement json, string field) => json.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? TryParse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonElement.Parse(json.Span) is { ValueKind: JsonValueKind.Object } found ? found : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
