using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lyceum.Messaging;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>A request as it came, and whom to answer.</summary>
internal sealed class Request(JupyterMessage message, string type)
{
    public string Type => type;

    /// <summary>The header of the request, which everything that it causes names as its parent.</summary>
    public ReadOnlyMemory<byte> Header => message.Header;

    public IReadOnlyList<ReadOnlyMemory<byte>> Identities => message.Identities;

    /// <exception cref="JsonException">The content is not what the type of the request demands.</exception>
    public T Read<T>(JsonTypeInfo<T> shape) => JsonSerializer.Deserialize(message.Content.Span, shape)
        ?? throw new JsonException("The content is null.");
}
