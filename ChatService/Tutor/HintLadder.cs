using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Lyceum.ChatService.Storage;
using Lyceum.ChatService.Turns;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Tutor;

/// <summary>
/// How concrete the tutor may become: a step more each time a student asks about the same error, in whichever conversation, up to
/// what the policy allows.
/// </summary>
internal sealed partial class HintLadder(NpgsqlDataSource database, IOptions<TutorOptions> options)
{
    /// <summary>Far above the last step; who asks more often is counted no further.</summary>
    private const int MaxCounted = 100;

    /// <summary>What makes two errors of a student the same: notebook, class and message, but for its numbers. Null when the question is about none.</summary>
    public static string? ErrorKey(string subject, TutorContext context, string question)
    {
        if (context.Error is not { } error || (context.ErrorSource != SourceFrom.Request && QuestionClassifier.IsAboutSubject(question)))
        {
            return null;
        }

        var message = Number().Replace(error.Value, "#");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{subject}\n{context.NotebookPath}\n{error.Name}\n{message}")))[..32];
    }

    /// <summary>The same as far as it is known when a turn begins.</summary>
    public static string? ErrorKey(Turn turn) =>
        ErrorKey(turn.Caller.Subject, turn.Context with { NotebookPath = turn.Context.NotebookPath ?? turn.NotebookPath }, turn.Question);

    /// <summary>How often the error has been asked about, this question included.</summary>
    public async Task<int> AskedAsync(string? errorKey, Guid question, CancellationToken cancellationToken)
    {
        if (errorKey is null)
        {
            return 1;
        }

        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Asked(errorKey, question));
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadAsync(rows, cancellationToken);
    }

    /// <summary>Asks the same within a batch.</summary>
    public NpgsqlBatchCommand Asked(string? errorKey, Guid question) => new($"""
        SELECT count(*) FROM (SELECT 1 FROM message WHERE error_key = $1 AND id <> $2 AND created_at > now() - $3 LIMIT {MaxCounted}) asked
        """)
    {
        Parameters = { Parameter.Text(errorKey), Parameter.Id(question), Parameter.Span(options.Value.LadderMemory) },
    };

    /// <summary>Reads the answer to that.</summary>
    public static async Task<int> ReadAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        await rows.ReadAsync(cancellationToken);
        return 1 + (int)rows.GetInt64(0);
    }

    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}

/// <summary>An error that a student asks about, and how often, this time included.</summary>
/// <param name="Key">What makes it the same error; null for none.</param>
/// <param name="Times">How often.</param>
internal readonly record struct AskedError(string? Key, int Times);
