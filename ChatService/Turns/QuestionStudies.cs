using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Objectives;
using Lyceum.ChatService.Profiles;
using Lyceum.ChatService.Tutor;

namespace Lyceum.ChatService.Turns;

/// <summary>Finds out about a question what its answer depends on, all at once: each part may ask a model of its own.</summary>
internal sealed class QuestionStudies(QuestionSorter sorter, ObjectiveFinder objectives, ExpertAgent expert, HistorySummaries summaries)
{
    /// <param name="live">The turn.</param>
    /// <param name="setup">How it is answered.</param>
    /// <param name="context">What is shown beside the question.</param>
    /// <param name="help">What the tutor may do.</param>
    /// <param name="earlier">The messages before the question.</param>
    /// <param name="profile">What is known of the student.</param>
    /// <param name="cancellationToken">Ends all of it.</param>
    public async Task<QuestionStudy> StudyAsync(
        LiveTurn live, TutorSetup setup, TutorContext context, Help help, EarlierMessages earlier, LearnerProfile profile, CancellationToken cancellationToken)
    {
        var turn = live.Turn;
        if (help.Policy.Lockdown)
        {
            return QuestionStudy.None with { Sorted = sorter.ByRules(turn.Question), Profile = profile };
        }

        var sorted = sorter.SortAsync(turn.Caller, setup, turn.Question, cancellationToken);
        var summary = summaries.OfAsync(turn, setup, earlier, cancellationToken);
        var objective = await objectives.FindAsync(turn.Caller, help.Assignment?.Objectives ?? [], context, turn.Question, cancellationToken);
        var advice = await expert.AskAsync(live, setup, context, help.Assignment, objective, cancellationToken);
        return new QuestionStudy(await sorted, objective, profile, advice, await summary);
    }
}

/// <summary>What was found out about a question.</summary>
/// <param name="Sorted">What kind it is.</param>
/// <param name="Objective">Which learning objective it is about; null for none.</param>
/// <param name="Profile">What is known of the student.</param>
/// <param name="Advice">What the expert said; null for nothing.</param>
/// <param name="Summary">What was written down of the conversation before; null for nothing.</param>
internal sealed record QuestionStudy(SortedQuestion Sorted, ObjectiveMatch? Objective, LearnerProfile Profile, ExpertAdvice? Advice, HistorySummary? Summary)
{
    public static readonly QuestionStudy None = new(new SortedQuestion(QuestionClass.Other, "rules"), null, LearnerProfile.None, null, null);
}
