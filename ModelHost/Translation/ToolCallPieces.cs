using System.Text;
using System.Text.Json;

namespace Lyceum.ModelHost.Translation;

/// <summary>Puts together the calls of tools that OpenAI streams in pieces; Ollama sends each whole, its arguments as an object.</summary>
internal sealed class ToolCallPieces
{
    private const int MaxCalls = 128;
    private const int MaxArguments = 1024 * 1024;
    private readonly SortedDictionary<int, Call> _calls = [];
    private int _length;

    public bool IsEmpty => _calls.Count == 0;

    /// <exception cref="IOException">The node sends more than a call can be.</exception>
    public void Add(IReadOnlyList<CompletionToolCall> pieces)
    {
        for (var i = 0; i < pieces.Count; i++)
        {
            if (pieces[i] is not { } piece)
            {
                continue;
            }

            var index = piece.Index ?? i;
            if (!_calls.TryGetValue(index, out var call))
            {
                call = _calls[index] = _calls.Count < MaxCalls ? new Call() : throw new IOException("The node calls too many tools.");
            }

            call.Id ??= piece.Id;
            call.Name ??= piece.Function?.Name;
            call.Arguments.Append(piece.Function?.Arguments);
            _length += piece.Function?.Arguments?.Length ?? 0;
            if (_length > MaxArguments)
            {
                throw new IOException("The node calls a tool with arguments without end.");
            }
        }
    }

    /// <summary>Writes the calls as Ollama's <c>tool_calls</c>.</summary>
    /// <exception cref="JsonException">The arguments of one are not a JSON object.</exception>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("tool_calls");
        var index = 0;
        foreach (var call in _calls.Values)
        {
            writer.WriteStartObject();
            if (call.Id is { Length: > 0 } id)
            {
                writer.WriteString("id", id);
            }

            writer.WriteStartObject("function");
            writer.WriteNumber("index", index++);
            writer.WriteString("name", call.Name ?? "");
            writer.WritePropertyName("arguments");
            using var arguments = Parse(call.Arguments.ToString());
            arguments.RootElement.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>The name of a tool whose arguments are no JSON object; null where all are.</summary>
    public string? Unreadable()
    {
        foreach (var call in _calls.Values)
        {
            try
            {
                using var arguments = Parse(call.Arguments.ToString());
                if (arguments.RootElement.ValueKind != JsonValueKind.Object)
                {
                    return call.Name ?? "";
                }
            }
            catch (JsonException)
            {
                return call.Name ?? "";
            }
        }

        return null;
    }

    // A call without arguments comes as an empty text from some.
    private static JsonDocument Parse(string arguments) => JsonDocument.Parse(string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments);

    private sealed class Call
    {
        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();
    }
}
