using Lyceum.ServiceDefaults.Storage;
using Lyceum.TelemetryIngest.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.TelemetryIngest.Studies;

/// <summary>Destroys what is past its time: exports that have expired, and of ended studies the keys, the pseudonyms and the exports.</summary>
internal sealed partial class StudyUpkeep(
    NpgsqlDataSource database, DatabaseSchema schema, IOptions<StudiesOptions> options, TimeProvider time, ILogger<StudyUpkeep> logger) : BackgroundService
{
    private const string Expire = "DELETE FROM study_exports WHERE expires_at < $1";

    private const string End = """
        WITH ended AS (
            UPDATE studies SET ended_at = $1, key = NULL
            WHERE ended_at IS NULL AND (definition ->> 'keep_until')::timestamptz < $1
            RETURNING id, course),
        logged AS (
            INSERT INTO study_access (course, study, at, actor, actor_name, action)
            SELECT course, id, $1, 'service:telemetryingest', 'telemetryingest', 'ended' FROM ended),
        subjects AS (DELETE FROM study_subjects USING ended WHERE study = ended.id)
        DELETE FROM study_exports USING ended WHERE study = ended.id
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.Ready.WaitAsync(stoppingToken);
        while (true)
        {
            try
            {
                await database.ExecuteAsync(End, stoppingToken, time.GetUtcNow());
                await database.ExecuteAsync(Expire, stoppingToken, time.GetUtcNow());
            }
            catch (NpgsqlException failure)
            {
                LogPutOff(logger, failure.Message);
            }

            await Task.Delay(options.Value.CheckInterval, time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Studies that are past their time are ended later, PostgreSQL does not answer: {Reason}")]
    private static partial void LogPutOff(ILogger logger, string reason);
}
