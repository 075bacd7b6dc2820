using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.Messaging;

/// <summary>A message's header. Fields that a peer leaves out are empty: the serializer sets those to null, which the setters mend.</summary>
public sealed record JupyterHeader
{
    /// <summary>The version of the messaging protocol that this code speaks.</summary>
    public const string ProtocolVersion = "5.3";

    /// <summary>Unique per message.</summary>
    [JsonPropertyName("msg_id")]
    public string MsgId { get; init => field = value ?? ""; } = "";

    /// <summary>The type, for instance <c>execute_request</c>.</summary>
    [JsonPropertyName("msg_type")]
    public string MsgType { get; init => field = value ?? ""; } = "";

    /// <summary>The session of the sender.</summary>
    [JsonPropertyName("session")]
    public string Session { get; init => field = value ?? ""; } = "";

    /// <summary>The user's name.</summary>
    [JsonPropertyName("username")]
    public string Username { get; init => field = value ?? ""; } = "";

    /// <summary>When the message was made, ISO 8601.</summary>
    [JsonPropertyName("date")]
    public string Date { get; init => field = value ?? ""; } = "";

    /// <summary>The protocol's version.</summary>
    [JsonPropertyName("version")]
    public string Version { get; init => field = value ?? ""; } = ProtocolVersion;

    /// <summary>A header with a new id.</summary>
    public static JupyterHeader Create(string msgType, string session, string username, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        DateTimeOffset now = timeProvider.GetUtcNow();
        return new JupyterHeader
        {
            MsgId = Guid.CreateVersion7(now).ToString("N"),
            MsgType = msgType,
            Session = session,
            Username = username,
            Date = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Reads a header; false if it is not a JSON object or its fields are no strings.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out JupyterHeader header)
    {
        try
        {
            header = JsonSerializer.Deserialize(json, JupyterHeaderContext.Default.JupyterHeader) ?? new JupyterHeader();
            return header.MsgType.Length > 0;
        }
        catch (JsonException)
        {
            header = new JupyterHeader();
            return false;
        }
    }

    /// <summary>The header as it goes on the wire.</summary>
    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, JupyterHeaderContext.Default.JupyterHeader);
}

[JsonSerializable(typeof(JupyterHeader))]
internal sealed partial class JupyterHeaderContext : JsonSerializerContext;
