using System.Text;
using Npgsql;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>What is new: what replicas tell one another through PostgreSQL's NOTIFY, which delivers on commit.</summary>
internal static class ChangeNotice
{
    /// <summary>The channel on which learners are named who have new events.</summary>
    public const string Channel = "lyceum_learner_events";

    /// <summary>The channel on which courses are named whose derived tables are up to date again.</summary>
    public const string DerivedChannel = "lyceum_derived";

    /// <summary>PostgreSQL takes payloads of less than 8000 bytes.</summary>
    private const int MaxPayload = 7900;

    /// <summary>Announces the rows' learners when the connection's transaction commits.</summary>
    public static async Task SendAsync(NpgsqlConnection connection, IEnumerable<EventRow> rows, CancellationToken cancellationToken)
    {
        string[] payloads = [.. rows
            .GroupBy(row => row.Course, row => row.Learner)
            .SelectMany(course => Payloads(course.Key, course.Distinct()))];
        if (payloads.Length == 0)
        {
            return;
        }

        await using var notify = new NpgsqlCommand($"SELECT pg_notify('{Channel}', payload) FROM unnest($1) AS payload", connection)
        {
            Parameters = { new() { Value = payloads } },
        };
        await notify.PrepareAsync(cancellationToken);
        await notify.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Announces that what is derived of these courses' events is up to date.</summary>
    public static async Task SendDerivedAsync(NpgsqlConnection connection, IEnumerable<string> courses, CancellationToken cancellationToken)
    {
        string[] payloads = [.. courses.Distinct()];
        if (payloads.Length == 0)
        {
            return;
        }

        await using var notify = new NpgsqlCommand($"SELECT pg_notify('{DerivedChannel}', course) FROM unnest($1) AS course", connection)
        {
            Parameters = { new() { Value = payloads } },
        };
        await notify.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Announces that something else about a learner is new when the connection's transaction commits.</summary>
    public static async Task SendAsync(NpgsqlConnection connection, string course, string learner, CancellationToken cancellationToken)
    {
        await using var notify = new NpgsqlCommand("SELECT pg_notify($1, $2)", connection) { Parameters = { new() { Value = Channel }, new() { Value = $"{course}\n{learner}" } } };
        await notify.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The course and the learners of a payload.</summary>
    public static (string Course, string[] Learners) Read(string payload)
    {
        var lines = payload.Split('\n');
        return (lines[0], lines[1..]);
    }

    private static IEnumerable<string> Payloads(string course, IEnumerable<string> learners)
    {
        var payload = new StringBuilder(course);
        var size = Encoding.UTF8.GetByteCount(course);
        foreach (var learner in learners)
        {
            var more = Encoding.UTF8.GetByteCount(learner) + 1;
            if (size + more > MaxPayload)
            {
                yield return payload.ToString();
                payload.Clear().Append(course);
                size = Encoding.UTF8.GetByteCount(course);
            }

            payload.Append('\n').Append(learner);
            size += more;
        }

        yield return payload.ToString();
    }
}
