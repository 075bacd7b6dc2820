using Npgsql;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>Keeps refused events, the newest so many.</summary>
internal static class QuarantineTable
{
    private const string Insert = """
        INSERT INTO quarantine (id, received_at, course, learner, source, reason, body)
        SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS bad (id)
        ORDER BY id ON CONFLICT (id) DO NOTHING
        """;

    private const string Trim = "DELETE FROM quarantine WHERE number <= (SELECT max(number) FROM quarantine) - $1";

    public static async Task AddAsync(NpgsqlConnection connection, List<QuarantinedEvent> bad, int capacity, CancellationToken cancellationToken)
    {
        if (bad.Count == 0)
        {
            return;
        }

        await using var insert = new NpgsqlCommand(Insert, connection);
        insert.Parameters.Add(new() { Value = bad.Select(one => one.Id).ToArray() });
        insert.Parameters.Add(new() { Value = bad.Select(one => one.ReceivedAt).ToArray() });
        foreach (var text in (Func<QuarantinedEvent, string>[])[one => one.Course, one => one.Learner, one => one.Source, one => one.Reason, one => one.Body])
        {
            insert.Parameters.Add(new() { Value = bad.Select(text).ToArray() });
        }

        await insert.ExecuteNonQueryAsync(cancellationToken);
        await using var trim = new NpgsqlCommand(Trim, connection) { Parameters = { new() { Value = capacity } } };
        await trim.ExecuteNonQueryAsync(cancellationToken);
    }
}
