using System.Runtime.CompilerServices;
using Npgsql;

namespace Lyceum.ServiceDefaults.Storage;

/// <summary>
/// Everything that a database holds of one person, found by the columns that say whose a row is, in every table that has one: a table
/// that is added later is not forgotten.
/// </summary>
public static class PersonalData
{
    private const string Tables = """
        SELECT quote_ident(relname), relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE attname = $1 AND NOT attisdropped AND relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
        ORDER BY relname
        """;

    /// <summary>Deletes a person's rows in the connection's transaction, and what hangs on them by ON DELETE CASCADE.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="column">The column that says whose a row is.</param>
    /// <param name="value">Whose rows go.</param>
    /// <param name="removed">How many rows went, by table; added to.</param>
    /// <param name="cancellationToken">Ends it; the transaction has to be rolled back then.</param>
    public static async Task EraseAsync(
        NpgsqlConnection connection, string column, string value, IDictionary<string, long> removed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(removed);
        foreach (var (quoted, table) in await TablesAsync(connection, column, cancellationToken))
        {
            await using var delete = Command(connection, $"DELETE FROM {quoted} WHERE {column} = $1", value);
            Add(removed, table, await delete.ExecuteNonQueryAsync(cancellationToken));
        }
    }

    /// <summary>Adds rows that went to those of a table.</summary>
    public static void Add(IDictionary<string, long> removed, string table, long rows)
    {
        ArgumentNullException.ThrowIfNull(removed);
        if (rows > 0)
        {
            removed[table] = (removed.TryGetValue(table, out var before) ? before : 0) + rows;
        }
    }

    /// <summary>A person's rows, as JSON objects, table by table.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="column">The column that says whose a row is.</param>
    /// <param name="value">Whose rows.</param>
    /// <param name="except">Tables that are passed over; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<(string Table, string Row)> ReadAsync(
        NpgsqlConnection connection, string column, string value, IReadOnlySet<string>? except, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (quoted, table) in await TablesAsync(connection, column, cancellationToken))
        {
            if (except?.Contains(table) == true)
            {
                continue;
            }

            await using var select = Command(connection, $"SELECT to_jsonb(own)::text FROM {quoted} AS own WHERE {column} = $1", value);
            await using var rows = await select.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                yield return (table, rows.GetString(0));
            }
        }
    }

    private static async Task<List<(string Quoted, string Table)>> TablesAsync(NpgsqlConnection connection, string column, CancellationToken cancellationToken)
    {
        List<(string, string)> tables = [];
        await using var select = Command(connection, Tables, column);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            tables.Add((rows.GetString(0), rows.GetString(1)));
        }

        return tables;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, string value)
    {
#pragma warning disable CA2100 // Columns are the callers' constants, tables come quoted from PostgreSQL itself.
        return new NpgsqlCommand(sql, connection) { CommandTimeout = 0, Parameters = { new() { Value = value } } };
#pragma warning restore CA2100
    }
}
