using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Sealing;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.Gateway.Erasures;

/// <summary>The erasures in <c>gatewaydb</c>.</summary>
internal sealed class ErasureStore(NpgsqlDataSource database, ErasureProofs proofs, IOptions<IdentityOptions> identity, TimeProvider time)
{
    private const string Columns = "id, subject_hash, course, requested_by, requested_at, removed::text, done_at, previous, proof, signature";

    private readonly Seal _seal = new(identity, "erasures");

    /// <summary>Notes that somebody is to be forgotten; the erasure that is under way where there is one.</summary>
    public async Task<Guid> BeginAsync(ErasedPerson who, string course, string requestedBy, CancellationToken cancellationToken)
    {
        var now = Microseconds(time.GetUtcNow());
        var id = Guid.CreateVersion7(now);
        var hash = ErasureProofs.SubjectHashOf(who.Learner);
        await using var insert = database.CreateCommand("""
            INSERT INTO erasures (id, subject_hash, course, requested_by, requested_at, who, removed) VALUES ($1, $2, $3, $4, $5, $6, '{}')
            ON CONFLICT (subject_hash) WHERE done_at IS NULL DO UPDATE SET course = erasures.course RETURNING id
            """);
        object[] values = [id, hash, course, requestedBy, now, _seal.Close(hash, JsonSerializer.SerializeToUtf8Bytes(who, ErasureJson.Default.ErasedPerson))];
        insert.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        return (Guid)(await insert.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Whom the unfinished erasures are about.</summary>
    public async Task<IReadOnlyList<(Erasure Erasure, ErasedPerson? Who)>> UnfinishedAsync(CancellationToken cancellationToken)
    {
        await using var select = database.CreateCommand($"SELECT {Columns}, who FROM erasures WHERE done_at IS NULL ORDER BY number LIMIT 100");
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        List<(Erasure, ErasedPerson?)> unfinished = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            var erasure = Read(rows);
            unfinished.Add((erasure, _seal.Open(erasure.SubjectHash, rows.GetFieldValue<byte[]>(10)) is { } who ? JsonSerializer.Deserialize(who, ErasureJson.Default.ErasedPerson) : null));
        }

        return unfinished;
    }

    /// <summary>Notes what a service has forgotten.</summary>
    public async Task NoteAsync(Guid id, string service, IReadOnlyDictionary<string, long> removed, CancellationToken cancellationToken)
    {
        await using var update = database.CreateCommand("UPDATE erasures SET removed = removed || jsonb_build_object($2::text, $3::jsonb) WHERE id = $1 AND done_at IS NULL");
        update.Parameters.Add(new() { Value = id });
        update.Parameters.Add(new() { Value = service });
        update.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = JsonSerializer.Serialize(removed.ToDictionary(), ErasureJson.Default.DictionaryStringInt64) });
        await update.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Closes an erasure: whom it was about goes, the proof comes.</summary>
    public async Task CloseAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // One after another, so that each proof has one before it.
        await using (var alone = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtext('erasure proofs'))", connection))
        {
            await alone.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var last = new NpgsqlCommand("SELECT proof FROM erasures WHERE done_at IS NOT NULL ORDER BY done_at DESC, number DESC LIMIT 1", connection);
        var previous = await last.ExecuteScalarAsync(cancellationToken) as string ?? "";
        await using var select = new NpgsqlCommand($"SELECT {Columns} FROM erasures WHERE id = $1 AND done_at IS NULL", connection) { Parameters = { new() { Value = id } } };
        Erasure erasure;
        await using (var rows = await select.ExecuteReaderAsync(cancellationToken))
        {
            if (!await rows.ReadAsync(cancellationToken))
            {
                return;
            }

            erasure = Read(rows);
        }

        var done = Microseconds(time.GetUtcNow());
        var proof = ErasureProofs.ProofOf(Proven(erasure, done, previous));
        await using var update = new NpgsqlCommand("UPDATE erasures SET done_at = $2, previous = $3, proof = $4, signature = $5, who = NULL WHERE id = $1", connection);
        object[] values = [id, done, previous, proof, proofs.SignatureOf(proof)];
        update.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        await update.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task<Erasure?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var select = database.CreateCommand($"SELECT {Columns} FROM erasures WHERE id = $1");
        select.Parameters.Add(new() { Value = id });
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? Read(rows) : null;
    }

    public async Task<IReadOnlyList<Erasure>> ListAsync(string course, CancellationToken cancellationToken)
    {
        await using var select = database.CreateCommand($"SELECT {Columns} FROM erasures WHERE course = $1 ORDER BY number DESC LIMIT 1000");
        select.Parameters.Add(new() { Value = course });
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        List<Erasure> erasures = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            erasures.Add(Read(rows));
        }

        return erasures;
    }

    private Erasure Read(NpgsqlDataReader row)
    {
        var erasure = new Erasure(
            row.GetGuid(0),
            row.GetString(1),
            row.GetString(2),
            row.GetString(3),
            row.GetFieldValue<DateTimeOffset>(4),
            JsonSerializer.Deserialize(row.GetString(5), ErasureJson.Default.DictionaryStringDictionaryStringInt64)!
                .ToDictionary(service => service.Key, IReadOnlyDictionary<string, long> (service) => service.Value),
            row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6),
            row.IsDBNull(7) ? null : row.GetString(7),
            row.IsDBNull(8) ? null : row.GetString(8),
            row.IsDBNull(9) ? null : row.GetString(9),
            null);
        return erasure is { DoneAt: { } done, Previous: { } previous, Proof: { } proof, Signature: { } signature }
            ? erasure with { IsIntact = proofs.IsIntact(Proven(erasure, done, previous), proof, signature) }
            : erasure;
    }

    private static ProvenErasure Proven(Erasure erasure, DateTimeOffset done, string previous) => new(
        erasure.Id,
        erasure.SubjectHash,
        erasure.Course,
        erasure.RequestedBy,
        erasure.RequestedAt,
        new(erasure.Removed.ToDictionary(service => service.Key, service => new SortedDictionary<string, long>(service.Value.ToDictionary(), StringComparer.Ordinal)), StringComparer.Ordinal),
        done,
        previous);

    /// <summary>What PostgreSQL keeps of a time.</summary>
    private static DateTimeOffset Microseconds(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
