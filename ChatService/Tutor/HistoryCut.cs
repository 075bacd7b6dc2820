using System.Text;
using Microsoft.Extensions.AI;

namespace Lyceum.ChatService.Tutor;

/// <summary>A question with its context, or an answer, of before; and its place in the order of all messages.</summary>
internal sealed record EarlierMessage(bool IsQuestion, string Content, TutorContext? Context, long Position);

/// <summary>The newest messages before a question, oldest first, and how many there are in all.</summary>
internal sealed record EarlierMessages(IReadOnlyList<EarlierMessage> Newest, int Total)
{
    public static readonly EarlierMessages None = new([], 0);
}

/// <summary>
/// What of a conversation the model is shown. What does not fit is counted; notes may stand for it, and where there are none its
/// questions are named in a line each.
/// </summary>
/// <param name="Kept">The messages that are shown.</param>
/// <param name="Tokens">How many tokens they have.</param>
/// <param name="LeftOut">How many messages are not.</param>
/// <param name="Uncovered">Those of them that the notes do not cover, as far as they were read.</param>
/// <param name="EarlierQuestions">The first lines of the questions among those; null for none.</param>
internal sealed record HistoryCut(IReadOnlyList<ChatMessage> Kept, int Tokens, int LeftOut, IReadOnlyList<EarlierMessage> Uncovered, string? EarlierQuestions)
{
    private const int MaxLine = 120;

    /// <param name="earlier">The messages before the question.</param>
    /// <param name="options">The budgets.</param>
    /// <param name="coveredTo">The position of the last message that the notes cover; null without notes.</param>
    public static HistoryCut Of(EarlierMessages earlier, TutorOptions options, long? coveredTo)
    {
        List<ChatMessage> kept = [];
        var tokens = 0;
        foreach (var message in earlier.Newest.Reverse().Take(options.MaxHistoryMessages))
        {
            var text = message.IsQuestion ? QuestionFormat.Render(message.Context ?? TutorContext.None, message.Content) : message.Content;
            var count = TokenBudget.Count(text);
            if (tokens + count > options.MaxHistoryTokens)
            {
                break;
            }

            tokens += count;
            kept.Insert(0, new ChatMessage(message.IsQuestion ? ChatRole.User : ChatRole.Assistant, text));
        }

        // An answer whose question did not fit says nothing.
        if (kept is [{ } first, ..] && first.Role == ChatRole.Assistant)
        {
            tokens -= TokenBudget.Count(first.Text);
            kept.RemoveAt(0);
        }

        EarlierMessage[] gone = [.. earlier.Newest.Take(earlier.Newest.Count - kept.Count).Where(message => coveredTo is null || message.Position > coveredTo)];
        return new HistoryCut(kept, tokens, earlier.Total - kept.Count, gone, Questions(gone, options.MaxEarlierQuestionsTokens));
    }

    /// <summary>The newest of them that fit, in their order.</summary>
    private static string? Questions(IEnumerable<EarlierMessage> messages, int budget)
    {
        StringBuilder text = new();
        foreach (var question in messages.Where(message => message.IsQuestion).Reverse())
        {
            var line = $"- {NotebookText.Start(NotebookText.Line(question.Content), MaxLine)}\n";
            budget -= TokenBudget.Count(line);
            if (budget < 0)
            {
                break;
            }

            text.Insert(0, line);
        }

        return text.Length == 0 ? null : text.ToString().TrimEnd();
    }
}
