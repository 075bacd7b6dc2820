using System.Text;
using System.Text.Json;
using Lyceum.ChatService.Tutor;

namespace Lyceum.ChatService.CodeGeneration;

/// <summary>Gathers what a run puts out, as text and up to a limit.</summary>
internal sealed class KernelOutput(int limit)
{
    private readonly StringBuilder _text = new();

    /// <summary>The error's name and value; null while there is none.</summary>
    public string? Error { get; private set; }

    public string Text => _text.ToString();

    public void Add(ReceivedMessage message)
    {
        switch (message.Header?.MsgType)
        {
            case "stream":
                Append(message.Content?.Text);
                break;
            case "execute_result" or "display_data" when message.Content?.Data?.GetValueOrDefault("text/plain") is { ValueKind: JsonValueKind.String } plain:
                Append(plain.GetString() + "\n");
                break;
            case "error":
                Error ??= $"{message.Content?.Ename}: {message.Content?.Evalue}";
                Append(message.Content?.Traceback is { Count: > 0 } traceback ? string.Join('\n', traceback) + "\n" : Error + "\n");
                break;
        }
    }

    private void Append(string? text)
    {
        // Colours are for terminals, and PostgreSQL's text holds no NUL.
        var plain = NotebookText.Clean(text ?? "");
        _text.Append(NotebookText.Start(plain, limit - _text.Length));
    }
}
