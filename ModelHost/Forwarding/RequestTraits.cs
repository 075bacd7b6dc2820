using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lyceum.ModelHost.Api;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>What a request asks for, as far as it matters to where and how it runs. Guesses; the node alone judges the request.</summary>
internal sealed class RequestTraits
{
    private const int MaxPrompt = 32 * 1024;
    private const int MaxAnswer = 4096;
    private const int UsualAnswer = 256;
    private const int BytesPerToken = 4;
    private const int PrefixOfPrompt = 1024;
    private static readonly string[] LoadTime = ["num_ctx", "num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread", "draft_num_predict"];

    private readonly SortedDictionary<string, string> _loadOptions = new(StringComparer.Ordinal);
    private bool _asksForMore;
    private bool _isRaw;
    private bool? _stream;
    private int _text;
    private int? _limit;

    private bool _answersInTokens;

    private RequestTraits()
    {
    }

    /// <summary>Whether the answer comes as a stream.</summary>
    public bool IsStream { get; private set; }

    /// <summary>The options that a model is loaded with, in one spelling.</summary>
    public string LoadOptions { get; private set; } = "";

    /// <summary>Identifies the beginning of the text, up to the first question; null where there is none.</summary>
    public ulong? Conversation { get; private set; }

    /// <summary>Tokens of the prompt, by estimate.</summary>
    public int PromptTokens => Math.Min(_text / BytesPerToken, MaxPrompt);

    /// <summary>Tokens of the answer, by estimate.</summary>
    public int AnswerTokens => _answersInTokens ? Math.Min(_limit ?? UsualAnswer, MaxAnswer) : 0;

    /// <summary>Tokens of prompt and answer together, by estimate.</summary>
    public int Tokens => PromptTokens + AnswerTokens;

    /// <summary>Whether it says itself how long the model is to stay loaded.</summary>
    public bool HasKeepAlive { get; private set; }

    /// <summary>Whether another node can go on with the answer, given what there is of it.</summary>
    public bool MayContinue { get; private set; }

    public static RequestTraits Read(ReadOnlySpan<byte> body, ModelOperation operation)
    {
        var traits = new RequestTraits();
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = ModelRequest.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            traits.Take(ref reader, body);
        }

        traits.LoadOptions = string.Join(',', traits._loadOptions.Select(pair => $"{pair.Key}={pair.Value}"));
        var isChat = operation == ModelOperation.Chat || operation == ModelOperation.ChatCompletions;
        var isPrompt = operation == ModelOperation.Completions || (operation == ModelOperation.Generate && traits._isRaw);
        var streams = isChat || isPrompt || operation == ModelOperation.Generate || operation == ModelOperation.Responses;
        traits._answersInTokens = streams;
        // Without text, Ollama loads or unloads the model and answers one object.
        traits.IsStream = streams && (traits._stream ?? (operation.Shape == ApiShape.Ollama && traits._text > 0));
        traits.MayContinue = traits.IsStream && !traits._asksForMore && (isChat || isPrompt);
        return traits;
    }

    private void Take(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        var name = reader.GetString();
        reader.Read();
        switch (name)
        {
            case "stream" when reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                _stream = reader.TokenType == JsonTokenType.True;
                break;
            case "keep_alive":
                HasKeepAlive = reader.TokenType != JsonTokenType.Null;
                break;
            case "raw":
                _isRaw = reader.TokenType == JsonTokenType.True;
                break;
            case "max_tokens" or "max_completion_tokens" or "max_output_tokens":
                _limit = Number(ref reader) ?? _limit;
                break;
            case "messages" when reader.TokenType == JsonTokenType.StartArray:
                Messages(ref reader, body);
                return;
            case "prompt" or "input" when reader.TokenType == JsonTokenType.String:
                _text += reader.ValueSpan.Length;
                Conversation = Hash(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, PrefixOfPrompt)]);
                break;
            case "prompt" or "input" when reader.TokenType == JsonTokenType.StartArray:
                Parts(ref reader);
                return;
            case "options" when reader.TokenType == JsonTokenType.StartObject:
                Options(ref reader);
                return;
            // What a second half, begun anew, would get wrong: a grammar, tools, thoughts, several answers, probabilities.
            case "format" or "tools" or "think" or "suffix" or "logprobs" or "top_logprobs" or "n" or "echo" or "response_format" or "reasoning_effort" or "reasoning" or "functions":
                _asksForMore |= !IsNothing(ref reader);
                break;
        }

        reader.Skip();
    }

    private void Messages(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        var start = (int)reader.TokenStartIndex;
        var asked = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var isUser = reader.TokenType == JsonTokenType.StartObject && Message(ref reader);
            reader.Skip();
            if (isUser && !asked)
            {
                asked = true;
                Conversation = Hash(body[start..(int)reader.BytesConsumed]);
            }
        }
    }

    private bool Message(ref Utf8JsonReader reader)
    {
        var isUser = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRole = reader.ValueTextEquals("role"u8);
            var isContent = reader.ValueTextEquals("content"u8);
            reader.Read();
            isUser |= isRole && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("user"u8);
            if (isContent && reader.TokenType == JsonTokenType.StartArray)
            {
                Parts(ref reader);
            }

            _text += isContent && reader.TokenType == JsonTokenType.String ? reader.ValueSpan.Length : 0;
            reader.Skip();
        }

        return isUser;
    }

    /// <summary>Counts an array of texts, of tokens, or of parts, and leaves the reader at its end.</summary>
    private void Parts(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            _text += reader.TokenType switch
            {
                // Of images, whose bytes say little of their tokens.
                JsonTokenType.String when reader.ValueSpan.StartsWith("data:"u8) => Math.Min(reader.ValueSpan.Length, BytesPerToken * UsualAnswer),
                JsonTokenType.String => reader.ValueSpan.Length,
                JsonTokenType.Number => BytesPerToken,
                _ => 0,
            };
        }
    }

    private void Options(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == "num_predict")
            {
                _limit = Number(ref reader) ?? _limit;
            }
            else if (Array.IndexOf(LoadTime, name) >= 0 && reader.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False)
            {
                _loadOptions[name] = Encoding.UTF8.GetString(reader.ValueSpan);
            }

            reader.Skip();
        }
    }

    private static int? Number(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) && value > 0 ? value : null;

    private static bool IsNothing(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null or JsonTokenType.False => true,
        JsonTokenType.String => reader.ValueSpan.IsEmpty,
        JsonTokenType.Number => reader.TryGetInt32(out var number) && number <= 1,
        JsonTokenType.StartArray => IsEmptyArray(reader),
        _ => false,
    };

    // On a copy, which leaves the reader where it is.
    private static bool IsEmptyArray(Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.EndArray;

    private static ulong Hash(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return BitConverter.ToUInt64(hash);
    }
}
