using System.Security.Cryptography;
using System.Text;
using Lyceum.TelemetryIngest.Events;
using Npgsql;

namespace Lyceum.TelemetryIngest.Erasures;

/// <summary>Those of a group's learners who were erased, and until when their events are not taken.</summary>
internal sealed class ErasedLearners
{
    private readonly Dictionary<string, DateTimeOffset> _erased;

    private ErasedLearners(Dictionary<string, DateTimeOffset> erased) => _erased = erased;

    /// <summary>Takes the ingest lock for a writer and looks the learners up, in one round trip. Nobody is erased any more before the transaction ends.</summary>
    public static async Task<ErasedLearners> LockAndReadAsync(NpgsqlConnection connection, IEnumerable<string> learners, CancellationToken cancellationToken)
    {
        var byHash = learners.Distinct().ToDictionary(learner => Convert.ToHexString(HashOf(learner)));
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(IngestLock.Share));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT learner_hash, erased_at FROM erasures WHERE learner_hash = ANY ($1)")
        {
            Parameters = { new() { Value = byHash.Keys.Select(Convert.FromHexString).ToArray() } },
        });
        Dictionary<string, DateTimeOffset> erased = [];
        await batch.PrepareAsync(cancellationToken);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            erased[byHash[Convert.ToHexString(reader.GetFieldValue<byte[]>(0))]] = reader.GetFieldValue<DateTimeOffset>(1);
        }

        return new ErasedLearners(erased);
    }

    /// <summary>What is kept of an erased learner.</summary>
    public static byte[] HashOf(string learner) => SHA256.HashData(Encoding.UTF8.GetBytes("erased/" + learner));

    /// <summary>Whether an event may be stored.</summary>
    public bool Takes(EventRow row) => _erased.Count == 0 || !_erased.TryGetValue(row.Learner, out var until) || row.OccurredAt > until;

    /// <summary>Whether a bad event may be kept: of those nobody knows when they were.</summary>
    public bool Takes(QuarantinedEvent bad) => !_erased.ContainsKey(bad.Learner);
}
