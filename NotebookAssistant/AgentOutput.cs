using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lyceum.Messaging;

namespace Lyceum.NotebookAssistant;

/// <summary>What code puts out, as text for a model, up to a limit.</summary>
internal sealed partial class AgentOutput
{
    private const int MaxText = 16 * 1024;
    private const int MaxMessage = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private bool _cut;
    private AgentError? _error;

    /// <summary>Takes a message of iopub; what it cannot read it leaves alone.</summary>
    public void Add(string type, JupyterMessage message)
    {
        var (isStream, isError, isShown) = (type == "stream", type == "error", type is "execute_result" or "display_data");
        if (!(isStream || isError || isShown))
        {
            return;
        }

        lock (_gate)
        {
            if (message.Content.Length > MaxMessage || _text.Length >= MaxText)
            {
                _cut = true;
                return;
            }

            try
            {
                var content = JsonNode.Parse(message.Content.Span);
                if (isError)
                {
                    _error = new AgentError((string?)content?["ename"] ?? "", (string?)content?["evalue"] ?? "");
                }

                Write(isStream ? (string?)content?["text"] : isShown ? $"{TextOf(content?["data"]?["text/plain"])}\n" : $"{(string?)content?["ename"]}: {(string?)content?["evalue"]}\n");
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // A kernel's user can make it say anything.
            }
        }
    }

    public AgentRun ToRun(string status)
    {
        lock (_gate)
        {
            return new AgentRun(status, _text.ToString(), _cut, _error);
        }
    }

    private static string TextOf(JsonNode? text) => text is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string?)text ?? "";

    private void Write(string? text)
    {
        var plain = TerminalCodes().Replace(text ?? "", "");
        var room = MaxText - _text.Length;
        _text.Append(plain, 0, Math.Min(room, plain.Length));
        _cut |= plain.Length > room;
    }

    [GeneratedRegex(@"\x1b\[[0-9;]*[A-Za-z]")]
    private static partial Regex TerminalCodes();
}
