using Lyceum.ServiceDefaults.Identity;
using Lyceum.TelemetryIngest.Storage;
using Npgsql;

namespace Lyceum.TelemetryIngest.Studies;

/// <summary>What became of a decision.</summary>
internal enum ConsentOutcome
{
    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>There is no such study, or it has ended.</summary>
    NoStudy,

    /// <summary>The study has changed since the learner read it.</summary>
    AnotherVersion,
}

/// <summary>Learners' decisions about studies.</summary>
internal sealed class ConsentStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>How many have consented to a study's version, as a part of a query of <c>studies</c>.</summary>
    public const string Consenting = """
        SELECT count(*) FROM (
            SELECT DISTINCT ON (learner) given, study_consents.version FROM study_consents WHERE study = studies.id ORDER BY learner, number DESC) AS newest
        WHERE newest.given AND newest.version = studies.version
        """;

    /// <summary>Those who have consented to a version of a study.</summary>
    public const string ConsentingLearners = """
        SELECT learner FROM (
            SELECT DISTINCT ON (learner) learner, given, version FROM study_consents WHERE study = $1 ORDER BY learner, number DESC) AS newest
        WHERE given AND version = $2 ORDER BY learner
        """;

    private const string Offered = """
        SELECT id, studies.version, definition::text, newest.version, newest.given, newest.at FROM studies
        LEFT JOIN LATERAL (
            SELECT version, given, at FROM study_consents WHERE study = studies.id AND learner = $2 ORDER BY number DESC LIMIT 1) AS newest ON true
        WHERE course = $1 AND ended_at IS NULL ORDER BY id DESC LIMIT 100
        """;

    private const string Revoke = """
        UPDATE study_exports SET revoked_at = $3
        WHERE study = $1 AND revoked_at IS NULL AND EXISTS (SELECT FROM study_export_subjects WHERE export = study_exports.id AND learner = $2)
        """;

    public Task<List<OfferedStudy>> OfferedAsync(CallerIdentity learner, CancellationToken cancellationToken) => database.ReadAsync(
        Offered,
        row =>
        {
            var definition = StudyStore.Definition(row.GetString(2));
            return new OfferedStudy(
                row.GetGuid(0),
                row.GetInt32(1),
                definition.Title,
                definition.Information,
                definition.From,
                definition.To,
                definition.EventTypes,
                definition.KeepUntil,
                row.IsDBNull(3) ? null : new Consent(row.GetInt32(3), row.GetBoolean(4), row.GetFieldValue<DateTimeOffset>(5)));
        },
        cancellationToken,
        learner.Course,
        learner.Learner);

    /// <summary>Stores a decision. A withdrawal holds whatever version it is about, and ends the exports that the learner is in.</summary>
    public async Task<(ConsentOutcome, Consent?)> DecideAsync(CallerIdentity learner, Guid study, int version, bool given, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // An export that is being made sees the decision, or waits for it.
        var current = await connection.ReadAsync(
            "SELECT version FROM studies WHERE id = $1 AND course = $2 AND ended_at IS NULL FOR UPDATE",
            row => row.GetInt32(0), cancellationToken, study, learner.Course);
        if (current.Count == 0)
        {
            return (ConsentOutcome.NoStudy, null);
        }

        if (given && current[0] != version)
        {
            return (ConsentOutcome.AnotherVersion, null);
        }

        await connection.ExecuteAsync(
            "INSERT INTO study_consents (study, learner, version, given, at) VALUES ($1, $2, $3, $4, $5)",
            cancellationToken, study, learner.Learner, version, given, now);
        if (!given)
        {
            await connection.ExecuteAsync(Revoke, cancellationToken, study, learner.Learner, now);
        }

        await transaction.CommitAsync(cancellationToken);
        return (ConsentOutcome.Stored, new Consent(version, given, now));
    }
}
