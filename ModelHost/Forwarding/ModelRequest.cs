using System.Text;
using System.Text.Json;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>
/// The body of a request that names a model: kept as the bytes that came, so that fields unknown here reach the node.
/// </summary>
internal sealed class ModelRequest
{
    internal const int MaxDepth = 256;
    private const int MaxInitialBuffer = 256 * 1024;
    private readonly int _modelStart;
    private readonly int _modelLength;

    private ModelRequest(ReadOnlyMemory<byte> body, string model, int modelStart, int modelLength)
    {
        Body = body;
        Model = model;
        _modelStart = modelStart;
        _modelLength = modelLength;
    }

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The model's name as the client wrote it.</summary>
    public string Model { get; }

    /// <summary>JSON to add as <c>keep_alive</c>; nothing where null.</summary>
    public string? KeepAlive { get; set; }

    /// <summary>Reads the whole body, up to the server's limit; it must be at hand for a second node.</summary>
    /// <exception cref="BadHttpRequestException">The body is too large, incomplete, not JSON, or names no model.</exception>
    public static async Task<ModelRequest> ReadAsync(HttpContext context) => Read(await ReadBodyAsync(context));

    /// <summary>The whole body as it came.</summary>
    /// <exception cref="BadHttpRequestException">The body is too large or incomplete.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContext context)
    {
        // The client's word for the length is not worth much memory before the bytes are there.
        using var bytes = new MemoryStream((int)Math.Clamp(context.Request.ContentLength ?? 0, 0, MaxInitialBuffer));
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        // To read what has come takes a while where it holds pictures; the thread that brought it has other connections (see InlineSockets).
        await Task.Yield();
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    /// <summary>The body in three parts, of which the middle one is another model's name, and what else is added.</summary>
    public SplicedContent For(string model) => (ReferenceEquals(model, Model) || model == Model) && KeepAlive is null
        ? new SplicedContent(Body, default, default)
        : new SplicedContent(Body[.._modelStart], Between(model), Body[(_modelStart + _modelLength)..]);

    internal static ModelRequest Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            throw new BadHttpRequestException("missing request body");
        }

        try
        {
            return Find(body);
        }
        // The reader takes a text apart only when it is asked for it; half a surrogate pair, or bytes that are no UTF-8, show then.
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new BadHttpRequestException($"the body is not valid JSON: {failure.Message}", failure);
        }
    }

    private static ModelRequest Find(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new BadHttpRequestException("the body must be a JSON object");
        }

        (string Model, int Start, int Length)? model = null;
        (string Model, int Start, int Length)? name = null;
        while (reader.Read())
        {
            if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 })
            {
                var key = reader.GetString()!;
                reader.Read();
                // Ollama matches field names without regard to case: two spellings would let the second decide what runs.
                if (key.Equals("model", StringComparison.OrdinalIgnoreCase))
                {
                    model = model is null ? Value(ref reader, "model") : throw new BadHttpRequestException("model is given more than once");
                }
                else if (key.Equals("name", StringComparison.OrdinalIgnoreCase))
                {
                    name ??= reader.TokenType == JsonTokenType.String ? Value(ref reader, "name") : null;
                }

                reader.Skip();
            }
        }

        // "name" is the old name of "model" (api/types.go).
        return (model ?? name) is { Model.Length: > 0 } found
            ? new ModelRequest(body, found.Model, found.Start, found.Length)
            : throw new BadHttpRequestException("model is required");
    }

    private byte[] Between(string model)
    {
        var name = JsonSerializer.SerializeToUtf8Bytes(model, RequestJson.Default.String);
        return KeepAlive is null ? name : [.. name, .. Encoding.UTF8.GetBytes($",\"keep_alive\":{KeepAlive}")];
    }

    private static (string Model, int Start, int Length) Value(ref Utf8JsonReader reader, string field) =>
        reader.TokenType == JsonTokenType.String
            ? (reader.GetString()!, (int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex))
            : throw new BadHttpRequestException($"{field} must be a string");
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class RequestJson : System.Text.Json.Serialization.JsonSerializerContext;
