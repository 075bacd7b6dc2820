using System.Globalization;
using System.Text;
using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Objectives;
using Lyceum.ChatService.Turns;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Tutor;

/// <summary>What the model is asked, and what it was put together from.</summary>
internal sealed record TutorRequest(IReadOnlyList<ChatMessage> Messages, IReadOnlyList<Source> Sources, HistoryCut History);

/// <summary>Puts together what the models are asked: instructions, the conversation so far within its budget, the question.</summary>
internal sealed class TutorRequests(IOptions<TutorOptions> options)
{
    /// <param name="setup">Which instructions, and what is made of how the student asks.</param>
    /// <param name="earlier">The messages before the question.</param>
    /// <param name="context">What is shown beside the question.</param>
    /// <param name="question">The student's words.</param>
    /// <param name="help">What the tutor may do. Its solutions are not looked at here.</param>
    /// <param name="level">How far up the hint ladder the answer may go.</param>
    /// <param name="study">What was found out about the question.</param>
    public TutorRequest Request(TutorSetup setup, EarlierMessages earlier, TutorContext context, string question, Help help, int level, QuestionStudy study)
    {
        var history = HistoryCut.Of(earlier, options.Value, study.Summary?.To);
        List<Source> sources = [.. context.Sources];
        var instructions = Instructions(setup, help, level, study, sources);
        if (earlier.Total > 0)
        {
            sources.Add(new Source(SourceKind.History, SourceFrom.Conversation, options.Value.MaxHistoryTokens, history.Tokens, history.LeftOut > 0));
        }

        if (study.Summary is { } summary)
        {
            sources.Add(new Source(SourceKind.Summary, SourceFrom.Model(summary.Model), options.Value.MaxSummaryTokens, TokenBudget.Count(summary.Text), Cut: false));
        }

        if (history.EarlierQuestions is { } left)
        {
            sources.Add(new Source(SourceKind.EarlierQuestions, SourceFrom.Conversation, options.Value.MaxEarlierQuestionsTokens, TokenBudget.Count(left), Cut: false));
        }

        return new TutorRequest(
            [
                // In two parts, so that running turns share the first.
                new ChatMessage(ChatRole.System, [new TextContent(setup.Prompts.Tutor.Text), new TextContent(instructions)]),
                .. history.Kept,
                new ChatMessage(ChatRole.User, QuestionFormat.Render(context, question, history.EarlierQuestions, study.Summary?.Text)),
            ],
            sources,
            history);
    }

    /// <summary>Asks the expert for the technical facts.</summary>
    public IReadOnlyList<ChatMessage> ForExpert(TutorSetup setup, TutorContext context, Assignment? assignment, ObjectiveMatch? objective, string question)
    {
        StringBuilder text = new();
        if (assignment is { Description.Length: > 0 })
        {
            QuestionFormat.Fenced(text, "Assignment", TokenBudget.Cut(assignment.Description, options.Value.MaxAssignmentTokens).Text);
        }

        QuestionFormat.Fenced(text, "Learning objective", objective?.Text);
        QuestionFormat.Fenced(text, "Variables", context.Variables);
        text.Append(QuestionFormat.Render(context, question));
        return [new ChatMessage(ChatRole.System, setup.Prompts.Expert.Text), new ChatMessage(ChatRole.User, text.ToString())];
    }

    /// <summary>Asks for the answer once more, after one that came too near a solution.</summary>
    public static IReadOnlyList<ChatMessage> Rewrite(TutorSetup setup, IReadOnlyList<ChatMessage> messages, string answer) =>
        [.. messages, new ChatMessage(ChatRole.Assistant, answer), new ChatMessage(ChatRole.User, setup.Prompts.Ladder.Section("rewrite"))];

    /// <summary>What the tutor is told beside its prompt.</summary>
    private string Instructions(TutorSetup setup, Help help, int level, QuestionStudy study, List<Source> sources)
    {
        var ladder = setup.Prompts.Ladder;
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"\n\nHow much you may help with this question:\n- Hint level: {level} of {help.Policy.MaxHintLevel}. {ladder.Section($"level {level}")}\n- {ladder.Section(help.Policy.ShowCode ? "code shown" : "code hidden")}");
        if (Asking(setup, study) is { } asking)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n- {ladder.Section(asking)}");
        }

        if (help.Assignment is { Description.Length: > 0 } assignment && options.Value.MaxAssignmentTokens > 0)
        {
            var source = SourceFrom.Assignment(assignment.Id);
            text.Append("\n\n");
            QuestionFormat.Fenced(text, $"Assignment: {assignment.Title}", Piece(SourceKind.Assignment, source, assignment.Description, options.Value.MaxAssignmentTokens, sources, first: true));
        }

        if (study.Objective is { } objective)
        {
            Section(text, ladder.Section("objective"), "Learning objective", Piece(SourceKind.Objective, objective.By, objective.Text, options.Value.MaxAssignmentTokens, sources));
        }

        if (study.Profile.Describe() is { } profile && options.Value.MaxProfileTokens > 0)
        {
            Section(text, ladder.Section("profile"), "Earlier questions of this student", Piece(SourceKind.Profile, SourceFrom.Profile, profile, options.Value.MaxProfileTokens, sources));
        }

        if (study.Advice is { Text.Length: > 0 } advice && options.Value.MaxExpertTokens > 0)
        {
            Section(text, ladder.Section("advice"), "Technical facts", Piece(SourceKind.Expert, SourceFrom.Model(advice.Model), advice.Text, options.Value.MaxExpertTokens, sources));
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>The section that says what to make of how the student asks; null for none.</summary>
    private static string? Asking(TutorSetup setup, QuestionStudy study) =>
        setup.Strategy != TutorStrategy.EnhancedGuidance ? null
        : study.Profile.IsShift(study.Sorted.Class) ? "shift"
        : study.Profile.ExecutiveInARow(study.Sorted.Class) is > 0 and var row ? $"executive {Math.Min(row, 4)}"
        : null;

    private static void Section(StringBuilder text, string instruction, string heading, string content)
    {
        text.Append("\n\n").Append(instruction).Append("\n\n");
        QuestionFormat.Fenced(text, heading, content);
    }

    private static string Piece(string kind, string from, string content, int budget, List<Source> sources, bool first = false)
    {
        var (text, cut) = TokenBudget.Cut(content, budget);
        sources.Insert(first ? 0 : sources.Count, new Source(kind, from, budget, TokenBudget.Count(text), cut));
        return text;
    }
}
