using System.Buffers;
using System.Text.Json;

namespace Lyceum.ModelHost.Translation;

/// <summary>Turns an answer of <c>/v1/embeddings</c> into that of <c>/api/embed</c>, whose vectors have length 1, or of the old <c>/api/embeddings</c>.</summary>
internal sealed class EmbeddingTranslation(string model, bool isOld, TimeProvider time) : IAnswerTranslation
{
    private readonly long _asked = time.GetTimestamp();

    public byte[] Whole(ReadOnlySpan<byte> json)
    {
        var answer = JsonSerializer.Deserialize(json, CompletionJson.Default.EmbeddingsAnswer);
        if (answer?.Data is not { Count: > 0 } data || data.Any(entry => entry?.Embedding is null))
        {
            throw new JsonException("there is no embedding in the node's answer");
        }

        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        if (isOld)
        {
            Write(writer, "embedding", data[0].Embedding!, 1);
        }
        else
        {
            writer.WriteString("model", model);
            writer.WriteStartArray("embeddings");
            foreach (var entry in data.OrderBy(entry => entry.Index ?? 0))
            {
                Write(writer, null, entry.Embedding!, Math.Sqrt(entry.Embedding!.Sum(value => value * value)));
            }

            writer.WriteEndArray();
            writer.WriteNumber("total_duration", time.GetElapsedTime(_asked).Ticks * TimeSpan.NanosecondsPerTick);
            writer.WriteNumber("load_duration", 0);
            if (answer.Usage?.PromptTokens is { } tokens)
            {
                writer.WriteNumber("prompt_eval_count", tokens);
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    public bool Take(ReadOnlySpan<byte> data, ArrayBufferWriter<byte> output) => throw new JsonException("embeddings do not come as a stream");

    public bool SourceEnded(ArrayBufferWriter<byte> output) => false;

    private static void Write(Utf8JsonWriter writer, string? name, IReadOnlyList<double> vector, double length)
    {
        if (name is not null)
        {
            writer.WritePropertyName(name);
        }

        writer.WriteStartArray();
        foreach (var value in vector)
        {
            writer.WriteNumberValue(length > 0 ? value / length : value);
        }

        writer.WriteEndArray();
    }
}
