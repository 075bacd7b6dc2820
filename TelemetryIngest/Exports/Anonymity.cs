using Lyceum.TelemetryIngest.Storage;
using Lyceum.TelemetryIngest.Studies;
using Npgsql;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>A learner in a study, with the values of the quasi-identifiers.</summary>
internal sealed record QuasiIdentified(string Learner, string[] Values);

/// <summary>Finds who may leave: learners who have consented and whose quasi-identifiers at least k of them share.</summary>
internal static class Anonymity
{
    private const int MaxClasses = 1000;

    /// <summary>Which events are a study's: its course, its time, its types, a bound; $1 to $5.</summary>
    public const string InStudy = "course = $1 AND live_at >= $2 AND live_at < $3 AND type = ANY ($4) AND number <= $5";

    /// <summary>The report, and the learners who are included.</summary>
    public static async Task<(AnonymityReport Report, List<QuasiIdentified> Included)> ReadAsync(
        NpgsqlConnection connection, Study study, long bound, CancellationToken cancellationToken)
    {
        var definition = study.Definition;
        var consenting = await connection.ReadAsync(ConsentStore.ConsentingLearners, row => row.GetString(0), cancellationToken, study.Id, study.Version);
        var learners = await connection.ReadAsync(
            $"SELECT learner, {QuasiIdentifiers.ArrayOf(definition.QuasiIdentifiers)} FROM events WHERE {InStudy} AND learner = ANY ($6) GROUP BY learner ORDER BY learner",
            row => new QuasiIdentified(row.GetString(0), row.GetFieldValue<string[]>(1)),
            cancellationToken,
            study.Course,
            definition.From,
            definition.To,
            definition.EventTypes.ToArray(),
            bound,
            consenting.ToArray());
        var classes = learners.GroupBy(one => string.Join('\0', one.Values)).ToLookup(one => one.Count() >= definition.K);
        var large = classes[true].OrderByDescending(one => one.Count()).ThenBy(one => one.Key, StringComparer.Ordinal).ToList();
        var included = large.SelectMany(one => one).ToList();
        return (
            new AnonymityReport(
                definition.K,
                definition.QuasiIdentifiers,
                consenting.Count,
                learners.Count,
                included.Count,
                learners.Count - included.Count,
                classes[false].Count(),
                large.Count == 0 ? null : large[^1].Count(),
                [.. large.Take(MaxClasses).Select(one => new AnonymityClass(one.First().Values, one.Count()))]),
            included);
    }
}
