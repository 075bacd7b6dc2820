using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.KernelService.Contents;

/// <summary>A notebook, file or directory (jupyter_server's REST API, model <c>Contents</c>).</summary>
/// <param name="Name">The last part of the path; empty for the workspace itself.</param>
/// <param name="Path">The path below the workspace, without a slash in front.</param>
/// <param name="Type"><c>notebook</c>, <c>file</c> or <c>directory</c>.</param>
/// <param name="Created">When it was made, UTC.</param>
/// <param name="LastModified">When it was last changed, UTC.</param>
public sealed record ContentsModel(string Name, string Path, string Type, string Created, string LastModified)
{
    /// <summary>Whether the caller may change it: false for a student in the course's folder.</summary>
    public bool Writable { get; init; } = true;

    /// <summary>Bytes; null for a directory.</summary>
    public long? Size { get; init; }

    /// <summary>The MIME type of a file whose content is included; else null.</summary>
    public string? Mimetype { get; init; }

    /// <summary>How the content is written: <c>json</c>, <c>text</c> or <c>base64</c>; null without content.</summary>
    public string? Format { get; init; }

    /// <summary>The notebook, the text, or the models of what is in the directory; null if the client asked for none.</summary>
    public RawJson? Content { get; init; }

    /// <summary>The hash of the file's bytes, hexadecimal, if the client asked for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Hash { get; init; }

    /// <summary><c>sha256</c> beside a hash.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? HashAlgorithm { get; init; }
}

/// <summary>A saved state of a file that it can be taken back to.</summary>
/// <param name="Id">Its id; there is one checkpoint for each file, <c>checkpoint</c>.</param>
/// <param name="LastModified">When it was made, UTC.</param>
public sealed record CheckpointModel(string Id, string LastModified);

/// <summary>JSON that is in its final form already.</summary>
/// <param name="Utf8">The JSON.</param>
[JsonConverter(typeof(RawJsonConverter))]
public sealed record RawJson(ReadOnlyMemory<byte> Utf8);

/// <summary>Writes <see cref="RawJson"/> as it is.</summary>
public sealed class RawJsonConverter : JsonConverter<RawJson>
{
    /// <inheritdoc />
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Contents are only ever written.");

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}

/// <summary>The body of <c>PUT</c>: what to save.</summary>
internal sealed record SaveRequest(string? Type, string? Format, JsonElement Content, int? Chunk);

/// <summary>The body of <c>POST</c>: what to make or to copy.</summary>
internal sealed record CreateRequest(string? Type, string? Ext, string? CopyFrom);

/// <summary>The body of <c>PATCH</c>: the new path.</summary>
internal sealed record RenameRequest(string? Path);

[JsonSerializable(typeof(ContentsModel))]
[JsonSerializable(typeof(IReadOnlyList<ContentsModel>))]
[JsonSerializable(typeof(CheckpointModel))]
[JsonSerializable(typeof(IReadOnlyList<CheckpointModel>))]
[JsonSerializable(typeof(SaveRequest))]
[JsonSerializable(typeof(CreateRequest))]
[JsonSerializable(typeof(RenameRequest))]
[JsonSerializable(typeof(string))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ContentsJson : JsonSerializerContext;
