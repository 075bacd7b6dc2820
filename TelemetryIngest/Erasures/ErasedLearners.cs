using System.Security.Cryptography;
using System.Text;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Storage;
using Npgsql;

namespace Lyceum.TelemetryIngest.Erasures;

/// <summary>Those of a group's learners who were erased, and until when their events are not taken.</summary>
internal sealed class ErasedLearners
{
    private readonly Dictionary<string, DateTimeOffset> _erased;

    private ErasedLearners(Dictionary<string, DateTimeOffset> erased) => _erased = erased;

    /// <summary>Looks the learners up. In a transaction that holds the ingest lock, nobody is erased any more before it ends.</summary>
    public static async Task<ErasedLearners> ReadAsync(NpgsqlConnection connection, IEnumerable<string> learners, CancellationToken cancellationToken)
    {
        var byHash = learners.Distinct().ToDictionary(learner => Convert.ToHexString(HashOf(learner)));
        var erased = byHash.Count == 0 ? [] : await connection.ReadAsync(
            "SELECT learner_hash, erased_at FROM erasures WHERE learner_hash = ANY ($1)",
            row => (byHash[Convert.ToHexString(row.GetFieldValue<byte[]>(0))], row.GetFieldValue<DateTimeOffset>(1)),
            cancellationToken,
            (object)byHash.Keys.Select(Convert.FromHexString).ToArray());
        return new ErasedLearners(erased.ToDictionary());
    }

    /// <summary>What is kept of an erased learner.</summary>
    public static byte[] HashOf(string learner) => SHA256.HashData(Encoding.UTF8.GetBytes("erased/" + learner));

    /// <summary>Whether an event may be stored.</summary>
    public bool Takes(EventRow row) => _erased.Count == 0 || !_erased.TryGetValue(row.Learner, out var until) || row.OccurredAt > until;

    /// <summary>Whether a bad event may be kept: of those nobody knows when they were.</summary>
    public bool Takes(QuarantinedEvent bad) => !_erased.ContainsKey(bad.Learner);
}
