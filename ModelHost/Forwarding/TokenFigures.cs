using System.Text.Json;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>What the last part of an answer says of it.</summary>
/// <param name="Done">Whether Ollama's answer is whole.</param>
/// <param name="InputTokens">Tokens of the prompt, where told.</param>
/// <param name="OutputTokens">Tokens of the answer, where told.</param>
internal readonly record struct TokenFigures(bool Done, int? InputTokens, int? OutputTokens)
{
    /// <summary>Reads one JSON object of Ollama's or OpenAI's; anything else says nothing.</summary>
    public static TokenFigures Read(ReadOnlySpan<byte> json)
    {
        var figures = default(TokenFigures);
        try
        {
            var reader = new Utf8JsonReader(json);
            var inUsage = false;
            var usageDepth = 0;
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                // A stream of /v1/responses has its usage inside its "response".
                if (reader.CurrentDepth <= 2 && reader.ValueTextEquals("usage"u8))
                {
                    (inUsage, usageDepth) = (true, reader.CurrentDepth + 1);
                }
                else if (inUsage && reader.CurrentDepth == usageDepth)
                {
                    figures = Property(ref reader, figures, "prompt_tokens"u8, "completion_tokens"u8);
                    figures = Property(ref reader, figures, "input_tokens"u8, "output_tokens"u8);
                }
                else if (reader.CurrentDepth == 1)
                {
                    inUsage = false;
                    figures = Property(ref reader, figures, "prompt_eval_count"u8, "eval_count"u8);
                }
            }
        }
        catch (JsonException)
        {
            // What a node sends is the client's to judge; figures from before the fault hold.
        }

        return figures;
    }

    // After a match the reader stands on the value, which is no property's name.
    private static TokenFigures Property(ref Utf8JsonReader reader, TokenFigures figures, ReadOnlySpan<byte> input, ReadOnlySpan<byte> output)
    {
        if (reader.TokenType != JsonTokenType.PropertyName)
        {
            return figures;
        }

        if (reader.ValueTextEquals("done"u8))
        {
            reader.Read();
            return figures with { Done = reader.TokenType == JsonTokenType.True };
        }

        if (reader.ValueTextEquals(input))
        {
            return figures with { InputTokens = Number(ref reader) };
        }

        return reader.ValueTextEquals(output) ? figures with { OutputTokens = Number(ref reader) } : figures;
    }

    /// <summary>A figure below zero says nothing: it would give a quota back.</summary>
    private static int? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) && value >= 0 ? value : null;
    }
}
