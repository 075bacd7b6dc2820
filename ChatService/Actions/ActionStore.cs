using Lyceum.ChatService.Storage;
using Lyceum.ServiceDefaults.Identity;
using Npgsql;

namespace Lyceum.ChatService.Actions;

/// <summary>Proposed calls in PostgreSQL, each seen and decided only by the subject that asked for it.</summary>
internal sealed class ActionStore(NpgsqlDataSource database)
{
    private const string Columns =
        "id, api, operation, request, model, method, url, body, status, created_at, expires_at, decided_at, answer_status, answer, failure";

    public async Task AddAsync(CallerIdentity caller, Guid api, ProposedAction action, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            INSERT INTO action (id, subject, course, api_id, api, operation, request, model, method, url, body, status, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            Parameter.Id(action.ActionId), Parameter.Text(caller.Subject), Parameter.Text(caller.Course), Parameter.Id(api), Parameter.Text(action.Api),
            Parameter.Text(action.Operation), Parameter.Text(action.Request), Parameter.Text(action.Model), Parameter.Text(action.Method), Parameter.Text(action.Url.AbsoluteUri),
            Parameter.Text(action.Body), Parameter.Text(action.Status), Parameter.Time(action.CreatedAt), Parameter.Time(action.ExpiresAt),
        ]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<ProposedAction?> FindAsync(string subject, Guid id, CancellationToken cancellationToken) =>
        (await QueryAsync($"SELECT {Columns} FROM action WHERE subject = $1 AND id = $2", [Parameter.Text(subject), Parameter.Id(id)], cancellationToken)).SingleOrDefault();

    /// <summary>A page, the newest first; <paramref name="before"/> is the last of the page before.</summary>
    public Task<List<ProposedAction>> ListAsync(string subject, Guid? before, int limit, CancellationToken cancellationToken) => QueryAsync(
        $"SELECT {Columns} FROM action WHERE subject = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        [Parameter.Text(subject), Parameter.Id(before), Parameter.Count(limit)],
        cancellationToken);

    /// <summary>Decides on a proposal that is still open; null when it is not, however many decide at once. It is open only while its API is registered unchanged.</summary>
    public async Task<ProposedAction?> DecideAsync(string subject, Guid id, string status, DateTimeOffset now, CancellationToken cancellationToken) => (await QueryAsync(
        $"""
        UPDATE action SET status = $3, decided_at = $4
        WHERE subject = $1 AND id = $2 AND status = '{ActionStatus.Proposed}' AND expires_at > $4
          AND EXISTS (SELECT 1 FROM api WHERE api.id = action.api_id AND api.course = action.course)
        RETURNING {Columns}
        """,
        [Parameter.Text(subject), Parameter.Id(id), Parameter.Text(status), Parameter.Time(now)],
        cancellationToken)).SingleOrDefault();

    public async Task<ProposedAction> FinishAsync(Guid id, CallOutcome outcome, CancellationToken cancellationToken) => (await QueryAsync(
        $"UPDATE action SET status = $2, answer_status = $3, answer = $4, failure = $5 WHERE id = $1 RETURNING {Columns}",
        [
            Parameter.Id(id), Parameter.Text(outcome.Failure is null ? ActionStatus.Done : ActionStatus.Failed),
            new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer, Value = outcome.Status ?? (object)DBNull.Value },
            Parameter.Text(outcome.Answer), Parameter.Text(outcome.Failure),
        ],
        cancellationToken)).Single();

    private async Task<List<ProposedAction>> QueryAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        List<ProposedAction> actions = [];
        while (await row.ReadAsync(cancellationToken))
        {
            actions.Add(new ProposedAction(
                row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), new Uri(row.GetString(6)), Text(7), row.GetString(8),
                row.GetFieldValue<DateTimeOffset>(9), row.GetFieldValue<DateTimeOffset>(10), row.IsDBNull(11) ? null : row.GetFieldValue<DateTimeOffset>(11),
                row.IsDBNull(12) ? null : row.GetInt32(12), Text(13), Text(14)));

            string? Text(int column) => Storage.Columns.ReadText(row, column);
        }

        return actions;
    }
}
