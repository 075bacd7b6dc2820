using Lyceum.ChatService.Storage;
using Lyceum.ServiceDefaults.Identity;
using Npgsql;

namespace Lyceum.ChatService.Profiles;

/// <summary>Reads learners' profiles from their questions in the course.</summary>
internal sealed class ProfileStore(NpgsqlDataSource database)
{
    private const int MaxQuestions = 100;

    /// <param name="learner">Whose.</param>
    /// <param name="question">The question that is being answered, which does not count.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<LearnerProfile> ReadAsync(CallerIdentity learner, Guid question, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            SELECT m.question_class, m.objective, m.context->'error'->>'name'
            FROM conversation c JOIN message m ON m.conversation_id = c.id
            WHERE c.course = $1 AND c.learner = $2 AND c.updated_at > now() - interval '30 days'
              AND m.sender = 'user' AND m.id <> $3 AND m.question_class IS NOT NULL AND m.created_at > now() - interval '30 days'
            ORDER BY m.position DESC LIMIT {MaxQuestions}
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(learner.Course), Parameter.Text(learner.Learner), Parameter.Id(question)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<EarlierQuestion> questions = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            questions.Add(new EarlierQuestion(rows.GetString(0), Columns.ReadText(rows, 1), Columns.ReadText(rows, 2)));
        }

        return new LearnerProfile(questions);
    }
}
