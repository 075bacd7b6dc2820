using Lyceum.TelemetryIngest.Activity;
using Lyceum.TelemetryIngest.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>Keeps <c>cell_thresholds</c>: how long those took who have solved a cell, by the percentile that makes somebody stuck.</summary>
internal sealed class ThresholdTable(NpgsqlDataSource database, IOptions<ActivityOptions> options)
{
    private const string Forget = "DELETE FROM cell_thresholds WHERE course = $1 AND (notebook, cell) IN (SELECT * FROM unnest($2::text[], $3::text[]))";

    private const string Store = $"{Computed} AND course = $2 AND (notebook, cell) IN (SELECT * FROM unnest($3::text[], $4::text[])) {Stored}";

    private const string ForgetAll = "DELETE FROM cell_thresholds";

    private const string StoreAll = $"{Computed} {Stored}";

    private const string Computed = """
        INSERT INTO cell_thresholds (course, notebook, cell, share, solved, seconds)
        SELECT course, notebook, cell, $1::real, count(*), percentile_disc($1::float8) WITHIN GROUP (ORDER BY active)
        FROM cell_standings WHERE first_success IS NOT NULL
        """;

    private const string Stored = """
        GROUP BY course, notebook, cell
        ON CONFLICT (course, notebook, cell) DO UPDATE SET share = excluded.share, solved = excluded.solved, seconds = excluded.seconds
        """;

    /// <summary>Computes those of some cells anew.</summary>
    public async Task RefreshAsync(NpgsqlConnection connection, IEnumerable<(string Course, CellKey Cell)> cells, CancellationToken cancellationToken)
    {
        foreach (var course in cells.Distinct().GroupBy(one => one.Course, one => one.Cell))
        {
            string[] notebooks = [.. course.Select(cell => cell.Notebook)];
            string[] names = [.. course.Select(cell => cell.Cell)];
            await connection.ExecuteAsync(Forget, cancellationToken, course.Key, notebooks, names);
            await connection.ExecuteAsync(Store, cancellationToken, options.Value.StuckShare, course.Key, notebooks, names);
        }
    }

    /// <summary>The same in a transaction of its own.</summary>
    public async Task RefreshAsync(IEnumerable<(string Course, CellKey Cell)> cells, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RefreshAsync(connection, cells, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Computes all anew: who kept them before may have stopped in between, and the percentile may be another one now.</summary>
    public async Task RefreshAllAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(ForgetAll, cancellationToken);
        await connection.ExecuteAsync(StoreAll, cancellationToken, options.Value.StuckShare);
        await transaction.CommitAsync(cancellationToken);
    }
}
