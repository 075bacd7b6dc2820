using System.Buffers;
using System.Text.Json;

namespace Lyceum.ModelHost.Translation;

/// <summary>Turns one answer of a completion, whole or streamed, into Ollama's.</summary>
internal sealed class CompletionTranslation(string model, bool isChat, TimeProvider time) : IAnswerTranslation
{
    private readonly long _asked = time.GetTimestamp();
    private readonly ToolCallPieces _calls = new();
    private long? _first;
    private string? _reason;
    private CompletionUsage? _usage;

    public byte[] Whole(ReadOnlySpan<byte> json)
    {
        var answer = JsonSerializer.Deserialize(json, CompletionJson.Default.CompletionAnswer);
        if (answer?.Choices is not [{ } choice, ..])
        {
            throw new JsonException(answer?.Failure ?? "there is no choice in the node's answer");
        }

        var output = new ArrayBufferWriter<byte>();
        var lines = new OllamaLines(output, model, isChat, time);
        (_reason, _usage) = (choice.FinishReason, answer.Usage);
        if (choice.Message?.ToolCalls is { Count: > 0 } calls)
        {
            _calls.Add(calls);
        }

        if (_calls.Unreadable() is { } tool)
        {
            throw new JsonException(UnreadableCall(tool));
        }

        lines.Write(choice.Message?.Content ?? choice.Message?.Refusal ?? choice.Text, choice.Message?.Thinking, _calls, choice.Logprobs, End);
        return output.WrittenSpan[..^1].ToArray();
    }

    public bool Take(ReadOnlySpan<byte> data, ArrayBufferWriter<byte> output)
    {
        var lines = new OllamaLines(output, model, isChat, time);
        if (data.SequenceEqual("[DONE]"u8))
        {
            return Finish(lines);
        }

        var piece = JsonSerializer.Deserialize(data, CompletionJson.Default.CompletionAnswer);
        if (piece?.Failure is { } failure)
        {
            lines.WriteError(failure);
            return true;
        }

        _usage = piece?.Usage ?? _usage;
        if (piece?.Choices is not [{ } choice, ..])
        {
            return false;
        }

        var text = choice.Delta?.Content ?? choice.Delta?.Refusal ?? choice.Text;
        var thinking = choice.Delta?.Thinking;
        if (choice.Delta?.ToolCalls is { Count: > 0 } calls)
        {
            _first ??= time.GetTimestamp();
            _calls.Add(calls);
        }

        if (!string.IsNullOrEmpty(text) || !string.IsNullOrEmpty(thinking))
        {
            _first ??= time.GetTimestamp();
            lines.Write(text, thinking, null, choice.Logprobs);
        }

        _reason = choice.FinishReason ?? _reason;
        return false;
    }

    public bool SourceEnded(ArrayBufferWriter<byte> output) =>
        // Some leave out [DONE]; without a reason to finish either, the answer is not whole.
        _reason is not null && Finish(new OllamaLines(output, model, isChat, time));

    private static string UnreadableCall(string tool) => $"the model called the tool '{tool}' with arguments that are no JSON object";

    private bool Finish(OllamaLines lines)
    {
        if (_calls.Unreadable() is { } tool)
        {
            lines.WriteError(UnreadableCall(tool));
            return true;
        }

        if (!_calls.IsEmpty)
        {
            lines.Write("", null, _calls, default);
        }

        lines.Write("", null, null, default, End);
        return true;
    }

    private void End(Utf8JsonWriter writer)
    {
        // Ollama has no word for a call of a tool as the reason.
        writer.WriteString("done_reason", _reason is null or "tool_calls" or "function_call" ? "stop" : _reason);
        var (total, begin) = (Nanoseconds(time.GetElapsedTime(_asked)), Nanoseconds(time.GetElapsedTime(_asked, _first ?? time.GetTimestamp())));
        writer.WriteNumber("total_duration", total);
        writer.WriteNumber("load_duration", 0);
        if (_usage?.PromptTokens is { } input)
        {
            writer.WriteNumber("prompt_eval_count", input);
        }

        writer.WriteNumber("prompt_eval_duration", _first is null ? 0 : begin);
        if (_usage?.CompletionTokens is { } output)
        {
            writer.WriteNumber("eval_count", output);
        }

        writer.WriteNumber("eval_duration", _first is null ? total : total - begin);
    }

    private static long Nanoseconds(TimeSpan span) => span.Ticks * TimeSpan.NanosecondsPerTick;
}
