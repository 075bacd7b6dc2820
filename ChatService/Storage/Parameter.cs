using Npgsql;
using NpgsqlTypes;

namespace Lyceum.ChatService.Storage;

/// <summary>Typed parameters: an untyped null would be text to PostgreSQL wherever it cannot tell.</summary>
internal static class Parameter
{
    public static NpgsqlParameter Id(Guid? value) => Make(NpgsqlDbType.Uuid, value);

    public static NpgsqlParameter Ids(Guid[] values) => Make(NpgsqlDbType.Array | NpgsqlDbType.Uuid, values);

    public static NpgsqlParameter Text(string? value) => Make(NpgsqlDbType.Text, value);

    public static NpgsqlParameter Json(string? value) => Make(NpgsqlDbType.Jsonb, value);

    public static NpgsqlParameter Bytes(byte[] value) => Make(NpgsqlDbType.Bytea, value);

    public static NpgsqlParameter Flag(bool value) => Make(NpgsqlDbType.Boolean, value);

    public static NpgsqlParameter Count(long? value) => Make(NpgsqlDbType.Bigint, value);

    public static NpgsqlParameter Time(DateTimeOffset value) => Make(NpgsqlDbType.TimestampTz, value);

    public static NpgsqlParameter Span(TimeSpan value) => Make(NpgsqlDbType.Interval, value);

    public static NpgsqlParameter Texts(string[] values) => Make(NpgsqlDbType.Array | NpgsqlDbType.Text, values);

    private static NpgsqlParameter Make(NpgsqlDbType type, object? value) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
