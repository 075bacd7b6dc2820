using Lyceum.ChatService.Ollama;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Tutor;

/// <summary>Puts together what the model is asked: the tutor's prompt, the conversation so far within its budget, the question.</summary>
internal sealed class TutorRequests(TutorPrompt prompt, IOptions<TutorOptions> options)
{
    public string PromptVersion => prompt.Version;

    public ChatOptions OptionsFor(CallerIdentity caller) => new ChatOptions
    {
        ModelId = options.Value.Model,
        Temperature = prompt.Temperature,
        MaxOutputTokens = prompt.MaxOutputTokens,
    }.For(caller);

    /// <param name="earlier">The messages before the question, oldest first.</param>
    /// <param name="context">What is shown beside the question.</param>
    /// <param name="question">The student's words.</param>
    public IReadOnlyList<ChatMessage> Messages(IReadOnlyList<EarlierMessage> earlier, TutorContext context, string question) =>
    [
        new ChatMessage(ChatRole.System, prompt.Text),
        .. WithinBudget(earlier),
        new ChatMessage(ChatRole.User, QuestionFormat.Render(context, question)),
    ];

    private List<ChatMessage> WithinBudget(IReadOnlyList<EarlierMessage> earlier)
    {
        List<ChatMessage> kept = [];
        var left = options.Value.MaxHistoryCharacters;
        foreach (var message in earlier.Reverse().Take(options.Value.MaxHistoryMessages))
        {
            var text = message.IsQuestion ? QuestionFormat.Render(message.Context ?? TutorContext.None, message.Content) : message.Content;
            left -= text.Length;
            if (left < 0)
            {
                break;
            }

            kept.Insert(0, new ChatMessage(message.IsQuestion ? ChatRole.User : ChatRole.Assistant, text));
        }

        // An answer whose question did not fit says nothing.
        return kept is [{ } first, ..] && first.Role == ChatRole.Assistant ? kept[1..] : kept;
    }
}

/// <summary>A question with its context, or an answer, of before.</summary>
internal sealed record EarlierMessage(bool IsQuestion, string Content, TutorContext? Context);
