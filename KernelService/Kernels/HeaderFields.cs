using System.Text;
using System.Text.Json;

namespace Lyceum.KernelService.Kernels;

/// <summary>
/// The fields of a header that routing needs, found without making an object of it. Values are the raw bytes between
/// the quotes: types and ids carry no escapes, and one that does matches nothing, which only costs it its special treatment.
/// </summary>
internal readonly ref struct HeaderFields
{
    private HeaderFields(ReadOnlySpan<byte> msgId, ReadOnlySpan<byte> msgType, ReadOnlySpan<byte> session)
    {
        MsgId = msgId;
        MsgType = msgType;
        Session = session;
    }

    public ReadOnlySpan<byte> MsgId { get; }

    public ReadOnlySpan<byte> MsgType { get; }

    public ReadOnlySpan<byte> Session { get; }

    public string SessionText => Encoding.UTF8.GetString(Session);

    public string MsgIdText => Encoding.UTF8.GetString(MsgId);

    /// <summary>Whether a message of this type tells that a user does something; questions about the kernel itself do not.</summary>
    public bool IsActivity => !(MsgType.IsEmpty || MsgType.StartsWith("kernel_info_"u8) || MsgType.StartsWith("comm_info_"u8) || MsgType.StartsWith("debug_"u8));

    /// <summary>Reads a header; what is not one has empty fields.</summary>
    public static HeaderFields Read(ReadOnlySpan<byte> header)
    {
        ReadOnlySpan<byte> id = default, type = default, session = default;
        try
        {
            var reader = new Utf8JsonReader(header);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                var name = reader.ValueSpan;
                reader.Read();
                if (reader.TokenType != JsonTokenType.String)
                {
                    reader.Skip();
                }
                else if (name.SequenceEqual("msg_id"u8))
                {
                    id = reader.ValueSpan;
                }
                else if (name.SequenceEqual("msg_type"u8))
                {
                    type = reader.ValueSpan;
                }
                else if (name.SequenceEqual("session"u8))
                {
                    session = reader.ValueSpan;
                }
            }
        }
        catch (JsonException)
        {
            // Passed on as it is: the client will say what it thinks of it.
        }

        return new HeaderFields(id, type, session);
    }
}
