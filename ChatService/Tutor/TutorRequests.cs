using System.Globalization;
using System.Text;
using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Turns;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Tutor;

/// <summary>The tutor's instructions: the prompt, what the hint ladder and the policy add to it, and what the expert is told.</summary>
internal sealed record TutorPrompts(TutorPrompt Tutor, TutorPrompt Ladder, TutorPrompt Expert);

/// <summary>What the model is asked, and what it was put together from.</summary>
internal sealed record TutorRequest(IReadOnlyList<ChatMessage> Messages, IReadOnlyList<Source> Sources, HistoryCut History);

/// <summary>Puts together what the model is asked: instructions, the conversation so far within its budget, the question.</summary>
internal sealed class TutorRequests(TutorPrompts prompts, IOptions<TutorOptions> options)
{
    public string PromptVersion => prompts.Tutor.Version;

    public IReadOnlyList<string> PromptVersions =>
        options.Value.ExpertModel is { Length: > 0 } ? [prompts.Tutor.Version, prompts.Ladder.Version, prompts.Expert.Version] : [prompts.Tutor.Version, prompts.Ladder.Version];

    public ChatOptions OptionsFor(CallerIdentity caller) => new ChatOptions
    {
        ModelId = options.Value.Model,
        Temperature = prompts.Tutor.Temperature,
        MaxOutputTokens = prompts.Tutor.MaxOutputTokens,
    }.For(caller);

    /// <param name="earlier">The messages before the question.</param>
    /// <param name="context">What is shown beside the question.</param>
    /// <param name="question">The student's words.</param>
    /// <param name="help">What the tutor may do. Its solutions are not looked at here.</param>
    /// <param name="level">How far up the hint ladder the answer may go.</param>
    /// <param name="advice">What the expert said; null for nothing.</param>
    public TutorRequest Request(EarlierMessages earlier, TutorContext context, string question, Help help, int level, ExpertAdvice? advice)
    {
        var history = HistoryCut.Of(earlier, options.Value);
        List<Source> sources = [.. context.Sources];
        var instructions = Instructions(help, level, advice, sources);
        if (earlier.Total > 0)
        {
            sources.Add(new Source(SourceKind.History, SourceFrom.Conversation, options.Value.MaxHistoryTokens, history.Tokens, history.LeftOut > 0));
        }

        if (history.EarlierQuestions is { } left)
        {
            sources.Add(new Source(SourceKind.EarlierQuestions, SourceFrom.Conversation, options.Value.MaxEarlierQuestionsTokens, TokenBudget.Count(left), Cut: false));
        }

        return new TutorRequest(
            [
                new ChatMessage(ChatRole.System, instructions),
                .. history.Kept,
                new ChatMessage(ChatRole.User, QuestionFormat.Render(context, question, history.EarlierQuestions)),
            ],
            sources,
            history);
    }

    /// <summary>Asks for the answer once more, after one that came too near a solution.</summary>
    public IReadOnlyList<ChatMessage> Rewrite(IReadOnlyList<ChatMessage> messages, string answer) =>
        [.. messages, new ChatMessage(ChatRole.Assistant, answer), new ChatMessage(ChatRole.User, prompts.Ladder.Section("rewrite"))];

    private string Instructions(Help help, int level, ExpertAdvice? advice, List<Source> sources)
    {
        StringBuilder text = new(prompts.Tutor.Text);
        text.Append(CultureInfo.InvariantCulture, $"\n\nHow much you may help with this question:\n- Hint level: {level} of {help.Policy.MaxHintLevel}. {prompts.Ladder.Section($"level {level}")}\n- {prompts.Ladder.Section(help.Policy.ShowCode ? "code shown" : "code hidden")}");
        if (help.Assignment is { Description.Length: > 0 } assignment && options.Value.MaxAssignmentTokens > 0)
        {
            var (description, cut) = TokenBudget.Cut(assignment.Description, options.Value.MaxAssignmentTokens);
            sources.Insert(0, new Source(SourceKind.Assignment, SourceFrom.Assignment(assignment.Id), options.Value.MaxAssignmentTokens, TokenBudget.Count(description), cut));
            text.Append("\n\n");
            QuestionFormat.Fenced(text, $"Assignment: {assignment.Title}", description);
        }

        if (advice is { Text.Length: > 0 } && options.Value.MaxExpertTokens > 0)
        {
            var (facts, cut) = TokenBudget.Cut(advice.Text, options.Value.MaxExpertTokens);
            sources.Add(new Source(SourceKind.Expert, SourceFrom.Model(advice.Model), options.Value.MaxExpertTokens, TokenBudget.Count(facts), cut));
            text.Append("\n\n").Append(prompts.Ladder.Section("advice")).Append("\n\n");
            QuestionFormat.Fenced(text, "Technical facts", facts);
        }

        return text.ToString().TrimEnd();
    }
}
