using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Sealing;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Storage;
using Lyceum.TelemetryIngest.Studies;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>Makes exports, and finds them again.</summary>
internal sealed class ExportStore(
    NpgsqlDataSource database, StudyStore studies, StudyKeys keys, AccessLog log, IOptions<StudiesOptions> options, IOptions<IdentityOptions> identity, TimeProvider time)
{
    private const string OldestMonth = "SELECT coalesce(min(relid::text), '') FROM pg_partition_tree('events') WHERE isleaf";

    private const string Columns = "id, study, version, created_at, expires_at, revoked_at, report::text";

    private const string FilesOf = "SELECT name, length, sha256 FROM study_export_files WHERE export = $1";

    private readonly Seal _seal = new(identity, "export names");

    /// <summary>How k-anonymous the study's data is by now.</summary>
    public async Task<AnonymityReport> ReportAsync(Study study, CancellationToken cancellationToken)
    {
        var bound = await IngestLock.BoundAsync(database, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await Anonymity.ReadAsync(connection, study, bound, cancellationToken)).Report;
    }

    /// <summary>Freezes the study's data as it is by now; null when the study has ended or changed meanwhile.</summary>
    public async Task<StudyExport?> CreateAsync(Study study, IReadOnlyList<string> names, CallerIdentity actor, CancellationToken cancellationToken)
    {
        var bound = await IngestLock.BoundAsync(database, cancellationToken);
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Whoever decides about consent waits for this, so that a withdrawal finds the export.
        var key = await connection.ReadAsync(
            "SELECT key FROM studies WHERE id = $1 AND version = $2 AND ended_at IS NULL FOR UPDATE", row => row.GetFieldValue<byte[]>(0), cancellationToken, study.Id, study.Version);
        if (key.Count == 0)
        {
            return null;
        }

        var (report, included) = await Anonymity.ReadAsync(connection, study, bound, cancellationToken);
        var oldest = (await connection.ReadAsync(OldestMonth, row => row.GetString(0), cancellationToken))[0];
        await connection.ExecuteAsync(
            """
            INSERT INTO study_exports (id, study, version, definition, bound, oldest_month, report, names, created_by, created_at, expires_at, id_pattern, iri_base)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """,
            cancellationToken,
            id,
            study.Id,
            study.Version,
            StudyStore.Json(study.Definition),
            bound,
            oldest,
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = JsonSerializer.Serialize(report, TelemetryJson.Default.AnonymityReport) },
            _seal.Close(id.ToString(), JsonSerializer.SerializeToUtf8Bytes([.. names], TelemetryJson.Default.StringArray)),
            actor.Subject,
            now,
            now + options.Value.ExportLifetime,
            options.Value.IdPattern,
            options.Value.IriBase);
        await AddSubjectsAsync(connection, id, study.Id, keys.Open(study.Id, key[0]), included, cancellationToken);
        await log.WriteAsync(connection, actor, study.Course, study.Id, "exported", cancellationToken, id);
        await transaction.CommitAsync(cancellationToken);
        return await FindAsync(study, id, cancellationToken);
    }

    public async Task<IReadOnlyList<StudyExport>> ListAsync(Study study, CancellationToken cancellationToken)
    {
        List<StudyExport> exports = [];
        foreach (var id in await database.ReadAsync("SELECT id FROM study_exports WHERE study = $1 AND expires_at > $2 ORDER BY id DESC LIMIT 100", row => row.GetGuid(0), cancellationToken, study.Id, time.GetUtcNow()))
        {
            // It may have expired since.
            if (await FindAsync(study, id, cancellationToken) is { } export)
            {
                exports.Add(export);
            }
        }

        return exports;
    }

    public async Task<StudyExport?> FindAsync(Study study, Guid id, CancellationToken cancellationToken)
    {
        var written = (await database.ReadAsync(FilesOf, row => (Name: row.GetString(0), Length: row.GetInt64(1), Sha256: row.GetFieldValue<byte[]>(2)), cancellationToken, id))
            .ToDictionary(file => file.Name);
        return (await database.ReadAsync(
            $"SELECT {Columns} FROM study_exports WHERE study = $1 AND id = $2 AND expires_at > $3",
            row => new StudyExport(
                row.GetGuid(0),
                row.GetGuid(1),
                row.GetInt32(2),
                row.GetFieldValue<DateTimeOffset>(3),
                row.GetFieldValue<DateTimeOffset>(4),
                row.Time(5),
                JsonSerializer.Deserialize(row.GetString(6), TelemetryJson.Default.AnonymityReport)!,
                [.. ExportFile.All.Select(file => written.TryGetValue(file.Name, out var known)
                    ? new ExportedFile(file.Name, PathOf(study, id, file), file.ContentType, known.Length, Convert.ToHexStringLower(known.Sha256))
                    : new ExportedFile(file.Name, PathOf(study, id, file), file.ContentType, null, null))]),
            cancellationToken,
            study.Id,
            id,
            time.GetUtcNow())).SingleOrDefault();
    }

    /// <summary>What its files are made of; null when it can no longer be what it was: withdrawn, expired, or months of it dropped.</summary>
    public async Task<FrozenExport?> OpenAsync(Study study, Guid id, CancellationToken cancellationToken)
    {
        if (await studies.KeyAsync(study.Id, cancellationToken) is not { } key)
        {
            return null;
        }

        var subjects = await database.ReadAsync(
            "SELECT subject, learner, quasi FROM study_export_subjects WHERE export = $1 ORDER BY subject",
            row => new ExportSubject(row.GetString(0), row.GetString(1), row.GetFieldValue<string[]>(2)),
            cancellationToken,
            id);
        return (await database.ReadAsync(
            $"SELECT definition::text, bound, names, id_pattern, iri_base FROM study_exports WHERE {Valid}",
            row => new FrozenExport(
                id,
                study.Id,
                study.Course,
                StudyStore.Definition(row.GetString(0)),
                row.GetInt64(1),
                NamesOf(id, row.GetFieldValue<byte[]>(2)),
                key,
                row.Text(3) ?? options.Value.IdPattern,
                row.Text(4) ?? options.Value.IriBase,
                subjects),
            cancellationToken,
            id,
            time.GetUtcNow())).SingleOrDefault();
    }

    /// <summary>Whether its files may still leave.</summary>
    public async Task<bool> IsValidAsync(Guid id, CancellationToken cancellationToken) =>
        (await database.ReadAsync($"SELECT true FROM study_exports WHERE {Valid}", row => row.GetBoolean(0), cancellationToken, id, time.GetUtcNow())).Count > 0;

    /// <summary>Remembers what a file was when it was written as a whole.</summary>
    public Task RememberAsync(Guid id, string name, long length, byte[] sha256, CancellationToken cancellationToken) => database.ExecuteAsync(
        "INSERT INTO study_export_files (export, name, length, sha256) SELECT id, $2, $3, $4 FROM study_exports WHERE id = $1 ON CONFLICT DO NOTHING",
        cancellationToken, id, name, length, sha256);

    /// <summary>$1 is the export, $2 the time. Months that were dropped matter where the study's time was in them.</summary>
    private const string Valid = $$"""
        id = $1 AND revoked_at IS NULL AND expires_at > $2
        AND ({{OldestMonth}}) <= greatest(oldest_month, to_char((definition ->> 'from')::timestamptz AT TIME ZONE 'UTC', '"events_"YYYY_MM'))
        """;

    private string[] NamesOf(Guid id, byte[] names) => JsonSerializer.Deserialize(
        _seal.Open(id.ToString(), names) ?? throw new InvalidOperationException("The export's names were sealed under another Identity:Key: without them it would say them."),
        TelemetryJson.Default.StringArray)!;

    private static string PathOf(Study study, Guid id, ExportFile file) => $"/telemetry/courses/{study.Course}/studies/{study.Id}/exports/{id}/{file.Name}";

    private static async Task AddSubjectsAsync(
        NpgsqlConnection connection, Guid export, Guid study, StudyKey key, List<QuasiIdentified> included, CancellationToken cancellationToken)
    {
        string[] learners = [.. included.Select(one => one.Learner)];
        await connection.ExecuteAsync(
            "INSERT INTO study_subjects (study, learner, secret) SELECT $1, learner, secret FROM unnest($2::text[], $3::bytea[]) AS new (learner, secret) ON CONFLICT DO NOTHING",
            cancellationToken, study, learners, learners.Select(_ => StudyKeys.MakeSecret()).ToArray());
        var secrets = (await connection.ReadAsync(
            "SELECT learner, secret FROM study_subjects WHERE study = $1 AND learner = ANY ($2)",
            row => (row.GetString(0), row.GetFieldValue<byte[]>(1)), cancellationToken, study, learners)).ToDictionary();
        foreach (var one in included)
        {
            await connection.ExecuteAsync(
                "INSERT INTO study_export_subjects (export, subject, learner, quasi) VALUES ($1, $2, $3, $4)",
                cancellationToken, export, key.Subject(one.Learner, secrets[one.Learner]), one.Learner, one.Values);
        }
    }
}
