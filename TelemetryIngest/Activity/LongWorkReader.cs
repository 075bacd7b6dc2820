using Lyceum.TelemetryIngest.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.TelemetryIngest.Activity;

/// <summary>Finds who is at work in a cell for longer than nearly all who solved it, from what is kept of both.</summary>
internal sealed class LongWorkReader(NpgsqlDataSource database, IOptions<ActivityOptions> options)
{
    private const string Longer = """
        SELECT DISTINCT ON (learner) learner, notebook, active, seconds, share, solved, active_at
        FROM cell_standings JOIN cell_thresholds USING (course, notebook, cell)
        WHERE course = $1 AND first_success IS NULL AND active_at >= $2 AND ($3::text[] IS NULL OR learner = ANY ($3))
            AND active > seconds AND active >= $4 AND solved >= $5
        ORDER BY learner, active_at DESC
        """;

    /// <summary>By learner, of everybody or of some, the cell that such a learner was in last.</summary>
    public async Task<Dictionary<string, LongWork>> ReadAsync(string course, DateTimeOffset now, IReadOnlyCollection<string>? among, CancellationToken cancellationToken)
    {
        var learners = new NpgsqlParameter { Value = among is null ? DBNull.Value : among.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
        var found = await database.ReadAsync(
            Longer, Read, cancellationToken, course, now - options.Value.StuckFor, learners, (float)options.Value.StuckMinTime.TotalSeconds, options.Value.StuckMinSolved);
        return found.ToDictionary(one => one.Learner, one => one.Work);
    }

    private static (string Learner, LongWork Work) Read(NpgsqlDataReader row) => (
        row.GetString(0),
        new LongWork(
            row.GetString(1),
            TimeSpan.FromSeconds(row.GetFloat(2)),
            TimeSpan.FromSeconds(row.GetFloat(3)),
            Math.Round(row.GetFloat(4), 4),
            row.GetInt32(5),
            row.GetFieldValue<DateTimeOffset>(6)));
}
