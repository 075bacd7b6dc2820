using System.Buffers;
using System.Text;
using System.Text.Json;
using Lyceum.ModelHost.Api;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>The text of an answer as far as it has gone to the client, kept so that another node can go on from it.</summary>
internal sealed class SentText(ModelOperation operation)
{
    private const int MaxLength = 256 * 1024;
    private const int Usual = 1024;
    private readonly bool _isOpenAi = operation.Shape == ApiShape.OpenAi;
    private readonly ArrayBufferWriter<byte> _text = new(Usual);
    private readonly LinePattern _pattern = new();

    /// <summary>False once something went by that is more than text, or the text grew too long to keep.</summary>
    public bool IsWhole { get; private set; } = true;

    public int Length => _text.WrittenCount;

    public override string ToString() => Encoding.UTF8.GetString(_text.WrittenSpan);

    /// <param name="json">An object of the stream.</param>
    public void Add(ReadOnlySpan<byte> json)
    {
        if (!IsWhole)
        {
            return;
        }

        if (_pattern.TryFind(json, out var found))
        {
            _text.Write(found);
            IsWhole = _text.WrittenCount <= MaxLength;
            return;
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            (int Start, int Length) text = default;
            var texts = 0;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && Take(ref reader))
                {
                    text = ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
                    texts++;
                }
            }

            if (texts == 1)
            {
                _pattern.Learn(json, text.Start, text.Length);
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            IsWhole = false;
        }
    }

    /// <summary>Looks at a property; answers whether it was text, at which the reader then stands.</summary>
    private bool Take(ref Utf8JsonReader reader)
    {
        // {"message":{"content"}} or {"response"}; {"choices":[{"delta":{"content"}}]} or {"choices":[{"text"}]}.
        var depth = reader.CurrentDepth;
        var isText = _isOpenAi
            ? (depth == 4 && reader.ValueTextEquals("content"u8)) || (depth == 3 && reader.ValueTextEquals("text"u8))
            : (depth == 2 && reader.ValueTextEquals("content"u8)) || (depth == 1 && reader.ValueTextEquals("response"u8));
        var isMore = reader.ValueTextEquals("tool_calls"u8) || reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("reasoning"u8) || reader.ValueTextEquals("reasoning_content"u8);
        if (!isText && !isMore)
        {
            return false;
        }

        reader.Read();
        if (isMore)
        {
            IsWhole &= reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty);
        }
        else if (reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty)
        {
            _text.Advance(reader.CopyString(_text.GetSpan(reader.ValueSpan.Length)));
            IsWhole &= _text.WrittenCount <= MaxLength;
            return true;
        }

        return false;
    }
}
