using Lyceum.ChatService.Storage;
using Npgsql;

namespace Lyceum.ChatService.Experiments;

/// <summary>Who has been in which arm.</summary>
internal sealed class ExposureStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>A learner counts as experienced from so many questions on.</summary>
    private const int Experienced = 10;

    /// <summary>The stratum of a learner's experience: as it was at the learner's first turn in the experiment.</summary>
    public async Task<string> ExperienceAsync(Guid experiment, string course, string learner, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            SELECT COALESCE(
                (SELECT stratum FROM experiment_exposure WHERE experiment_id = $1 AND learner = $3 ORDER BY first_at LIMIT 1),
                (SELECT CASE WHEN count(*) > {Experienced} THEN 'experienced' ELSE 'new' END
                 FROM (SELECT 1 FROM conversation c JOIN message m ON m.conversation_id = c.id
                       WHERE c.course = $2 AND c.learner = $3 AND m.sender = 'user' LIMIT {Experienced + 1}) asked))
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(experiment), Parameter.Text(course), Parameter.Text(learner)]);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Counts a turn in each of its experiments.</summary>
    public NpgsqlBatchCommand Count(Exposure exposure, string learner) => new("""
        INSERT INTO experiment_exposure (experiment_id, learner, stratum, arm, first_at, turns) VALUES ($1, $2, $3, $4, $5, 1)
        ON CONFLICT (experiment_id, learner, stratum) DO UPDATE SET turns = experiment_exposure.turns + 1
        """)
    {
        Parameters = { Parameter.Id(exposure.Experiment), Parameter.Text(learner), Parameter.Text(exposure.Stratum), Parameter.Text(exposure.Arm), Parameter.Time(time.GetUtcNow()) },
    };

    public async Task<List<ArmCount>> CountsAsync(Guid experiment, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT arm, stratum, count(*), sum(turns)::bigint FROM experiment_exposure WHERE experiment_id = $1 GROUP BY arm, stratum ORDER BY stratum, arm
            """);
        command.Parameters.Add(Parameter.Id(experiment));
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<ArmCount> counts = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            counts.Add(new ArmCount(rows.GetString(0), rows.GetString(1), rows.GetInt64(2), rows.GetInt64(3)));
        }

        return counts;
    }
}
