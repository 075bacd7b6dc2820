using Lyceum.ChatService.Storage;
using Lyceum.ServiceDefaults.Identity;
using Npgsql;

namespace Lyceum.ChatService.Profiles;

/// <summary>Learners' profiles, from their questions in the course.</summary>
internal static class LearnerProfiles
{
    private const int MaxQuestions = 100;

    /// <summary>The newest questions are in the conversations that were last changed.</summary>
    private const int MaxConversations = 100;

    /// <summary>Asks for a profile, as a part of what is read in one go.</summary>
    /// <param name="learner">Whose.</param>
    /// <param name="question">The question that is being answered, which does not count.</param>
    public static NpgsqlBatchCommand Of(CallerIdentity learner, Guid question) => new($"""
        SELECT m.question_class, m.objective, m.context->'error'->>'name'
        FROM (SELECT id FROM conversation WHERE course = $1 AND learner = $2 AND updated_at > now() - interval '30 days' ORDER BY updated_at DESC LIMIT {MaxConversations}) c
        JOIN message m ON m.conversation_id = c.id
        WHERE m.sender = 'user' AND m.id <> $3 AND m.question_class IS NOT NULL AND m.created_at > now() - interval '30 days'
        ORDER BY m.position DESC LIMIT {MaxQuestions}
        """)
    {
        Parameters = { Parameter.Text(learner.Course), Parameter.Text(learner.Learner), Parameter.Id(question) },
    };

    public static async Task<LearnerProfile> ReadAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        List<EarlierQuestion> questions = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            questions.Add(new EarlierQuestion(rows.GetString(0), Columns.ReadText(rows, 1), Columns.ReadText(rows, 2)));
        }

        return new LearnerProfile(questions);
    }
}
