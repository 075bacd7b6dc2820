using System.Buffers;

namespace Lyceum.ModelHost.Translation;

/// <summary>Turns one answer of OpenAI's into Ollama's.</summary>
internal interface IAnswerTranslation
{
    /// <summary>The whole answer.</summary>
    /// <exception cref="System.Text.Json.JsonException">The node's answer is not one of the protocol.</exception>
    byte[] Whole(ReadOnlySpan<byte> json);

    /// <summary>Takes the data of an event, and writes the lines that it makes; answers whether the answer is over.</summary>
    /// <exception cref="System.Text.Json.JsonException">The event is not one of the protocol.</exception>
    bool Take(ReadOnlySpan<byte> data, ArrayBufferWriter<byte> output);

    /// <summary>The node has ended the stream; answers whether the answer is whole, and then writes its end.</summary>
    bool SourceEnded(ArrayBufferWriter<byte> output);
}
