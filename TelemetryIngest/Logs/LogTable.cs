using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Sealing;
using Lyceum.TelemetryIngest.Events;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.TelemetryIngest.Logs;

/// <summary>Remembers how far logs are read.</summary>
internal sealed class LogTable(NpgsqlDataSource database, IOptions<IdentityOptions> identity, IOptions<EventsOptions> options, TimeProvider time)
{
    private readonly Seal _seal = new(identity, "logs");

    private const string Select = "SELECT version, piece, before, rest FROM logs WHERE course = $1 AND sender = $2 AND name = $3";

    private const string Insert = """
        INSERT INTO logs (course, sender, name, version, piece, before, rest, changed_at) VALUES ($1, $2, $3, $4 + 1, $5, $6, $7, $8)
        ON CONFLICT DO NOTHING
        """;

    private const string Update = """
        UPDATE logs SET version = $4 + 1, piece = $5, before = $6, rest = $7, changed_at = $8
        WHERE course = $1 AND sender = $2 AND name = $3 AND version = $4
        """;

    private const string Trim = """
        DELETE FROM logs WHERE course = $1 AND sender = $2 AND changed_at < (
            SELECT changed_at FROM logs WHERE course = $1 AND sender = $2 ORDER BY changed_at DESC OFFSET $3 LIMIT 1)
        """;

    /// <summary>What a piece of a log is to be read after, and the version of that.</summary>
    public async Task<(long Version, byte[] Before)> ReadAsync(LogName log, byte[] piece, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Select);
        Name(command, log);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return (0, []);
        }

        var isRepeated = reader.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(piece);
        return (reader.GetInt64(0), _seal.Open(log.ToString(), reader.GetFieldValue<byte[]>(isRepeated ? 2 : 3)) ?? []);
    }

    /// <summary>Moves logs on, in the connection's transaction; false when another piece of one has come in between.</summary>
    public async Task<bool> AdvanceAsync(NpgsqlConnection connection, IEnumerable<LogState> states, CancellationToken cancellationToken)
    {
        // In order, so that two writers do not wait for one another.
        foreach (var state in states.OrderBy(state => state.Log.ToString(), StringComparer.Ordinal))
        {
#pragma warning disable CA2100 // Constants of this class.
            await using var command = new NpgsqlCommand(state.Version == 0 ? Insert : Update, connection);
#pragma warning restore CA2100
            Name(command, state.Log);
            command.Parameters.Add(new() { Value = state.Version });
            command.Parameters.Add(new() { Value = state.Piece });
            command.Parameters.Add(new() { Value = _seal.Close(state.Log.ToString(), state.Before) });
            command.Parameters.Add(new() { Value = _seal.Close(state.Log.ToString(), state.Rest) });
            command.Parameters.Add(new() { Value = time.GetUtcNow() });
            if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return false;
            }

            if (state.Version == 0)
            {
                await using var trim = new NpgsqlCommand(Trim, connection);
                trim.Parameters.Add(new() { Value = state.Log.Course });
                trim.Parameters.Add(new() { Value = state.Log.Sender });
                trim.Parameters.Add(new() { Value = options.Value.MaxLogsPerSender - 1 });
                await trim.ExecuteNonQueryAsync(cancellationToken);
            }
        }

        return true;
    }

    private static void Name(NpgsqlCommand command, LogName log)
    {
        command.Parameters.Add(new() { Value = log.Course });
        command.Parameters.Add(new() { Value = log.Sender });
        command.Parameters.Add(new() { Value = log.Name });
    }
}
