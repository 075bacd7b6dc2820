using System.Text;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Storage;
using Lyceum.ChatService.Tutor;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>What was written down of a conversation's first messages.</summary>
/// <param name="Text">The notes.</param>
/// <param name="Model">The model that wrote them.</param>
/// <param name="To">The position of the last message that they cover.</param>
internal sealed record HistorySummary(string Text, string? Model, long To);

/// <summary>
/// Has a model write down what of a conversation no longer fits, where an operator named one for it: a little at a time, on top of the
/// notes before, so that a conversation may become as long as it likes.
/// </summary>
internal sealed partial class HistorySummaries(IChatClient model, NpgsqlDataSource database, IOptions<TutorOptions> options, TimeProvider time, ILogger<HistorySummaries> logger)
{
    private const int MaxInputTokens = 6_000;
    private const int MaxMessageTokens = 600;

    /// <summary>The notes on what does not fit, made anew when much has been added to it; null where there are none.</summary>
    public async Task<HistorySummary?> OfAsync(Turn turn, TutorSetup setup, EarlierMessages earlier, CancellationToken cancellationToken)
    {
        if (setup.SummaryModel is not { } name || HistoryCut.Of(earlier, options.Value, null).LeftOut == 0)
        {
            return null;
        }

        var known = await ReadAsync(turn.SessionId, cancellationToken);
        var kept = HistoryCut.Of(earlier, options.Value, known?.To);
        if (kept.Uncovered.Count == 0 || (known is not null && kept.Uncovered.Sum(message => TokenBudget.Count(message.Content)) < options.Value.MaxHistoryTokens / 4))
        {
            return known;
        }

        return await WriteAsync(turn, name, setup.Prompts.Summary, known, kept.Uncovered, cancellationToken) ?? known;
    }

    /// <summary>What a model is asked that writes the notes.</summary>
    public static (IReadOnlyList<ChatMessage> Messages, ChatOptions Options) Request(TutorPrompt prompt, string modelName, string? known, IReadOnlyList<EarlierMessage> messages) =>
    (
        [new ChatMessage(ChatRole.System, prompt.Text), new ChatMessage(ChatRole.User, Text(known, messages))],
        new ChatOptions { ModelId = modelName, Temperature = prompt.Temperature, MaxOutputTokens = prompt.MaxOutputTokens }
    );

    private async Task<HistorySummary?> WriteAsync(Turn turn, string name, TutorPrompt prompt, HistorySummary? known, IReadOnlyList<EarlierMessage> messages, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.Value.SummaryTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var (request, asked) = Request(prompt, name, known?.Text, messages);
        try
        {
            var answer = await model.GetResponseAsync(request, asked.For(turn.Caller), either.Token);
            var text = TokenBudget.Cut(NotebookText.Clean(answer.Text).Trim(), options.Value.MaxSummaryTokens).Text;
            if (text.Length == 0)
            {
                return null;
            }

            var written = new HistorySummary(text, answer.ModelId ?? name, messages[^1].Position);
            await StoreAsync(turn.SessionId, written, cancellationToken);
            return written;
        }
        catch (Exception failure) when (failure is ModelException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogWithout(logger, turn.AnswerId, failure.GetType().Name);
            return null;
        }
    }

    private static string Text(string? known, IReadOnlyList<EarlierMessage> messages)
    {
        StringBuilder text = new();
        QuestionFormat.Fenced(text, "Notes so far", known);
        var budget = MaxInputTokens;
        List<string> shown = [];
        foreach (var message in messages.Reverse())
        {
            var line = $"{(message.IsQuestion ? "Student" : "Tutor")}: {TokenBudget.Cut(message.Content, MaxMessageTokens).Text}";
            budget -= TokenBudget.Count(line);
            if (budget < 0)
            {
                shown.Insert(0, "[... what was said before this is left out ...]");
                break;
            }

            shown.Insert(0, line);
        }

        QuestionFormat.Fenced(text, "What was said since", string.Join("\n\n", shown));
        return text.ToString().TrimEnd();
    }

    private async Task<HistorySummary?> ReadAsync(Guid conversation, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT summary, summary_model, summary_to FROM conversation WHERE id = $1 AND summary IS NOT NULL");
        command.Parameters.Add(Parameter.Id(conversation));
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? new HistorySummary(rows.GetString(0), Columns.ReadText(rows, 1), rows.GetInt64(2)) : null;
    }

    private async Task StoreAsync(Guid conversation, HistorySummary summary, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE conversation SET summary = $2, summary_model = $3, summary_to = $4 WHERE id = $1");
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(conversation), Parameter.Text(summary.Text), Parameter.Text(summary.Model), Parameter.Count(summary.To)]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Answer {Answer} goes on without new notes on the conversation before: {Reason}")]
    private static partial void LogWithout(ILogger logger, Guid answer, string reason);
}
