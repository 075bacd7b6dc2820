using Lyceum.ChatService.Records;
using Lyceum.ChatService.Tools;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Exams;
using Lyceum.ServiceDefaults.LearningEvents;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Turns;

/// <summary>Has the model answer, and keeps what it writes within the policy: too near a solution it is rewritten once, then withheld.</summary>
internal sealed class AnswerWriter(AnswerGrower grower, TurnRecordStore records, PolicyDecisions decisions, IOptions<TutorOptions> options)
{
    public async Task WriteAsync(LiveTurn live, TurnPlan plan, Answer answer, CancellationToken cancellationToken)
    {
        if (plan.Reply is { } reply)
        {
            if (reply == ExamRule.Closed)
            {
                Report(live.Turn, ExamRule.Decision);
            }

            await plan.Recorded;
            live.Show(live.Shown.Length == 0 ? reply : $"\n\n{reply}");
            return;
        }

        await grower.GrowAsync(live, answer, plan.Messages, plan.Options, plan.Guard.Holds ? null : plan.Recorded, cancellationToken);
        await plan.Recorded;
        if (!plan.Guard.Holds || answer.Waits)
        {
            return;
        }

        var (text, review) = await ReviewAsync(live, plan, answer, cancellationToken);
        await records.SetReviewAsync(live.Turn.AnswerId, review, cancellationToken);
        if (review.Outcome != "passed")
        {
            Report(live.Turn, $"answer_{review.Outcome}");
        }

        // Where the policy holds only since the answer waited, its beginning has been seen.
        var shown = live.Shown;
        live.Show(shown.Length == 0 ? text : text.StartsWith(shown, StringComparison.Ordinal) ? text[shown.Length..] : $"\n\n{text}");
    }

    private void Report(Turn turn, string decision) =>
        decisions.Report(turn.Caller, decision, turn.SessionId.ToString(), turn.Context.NotebookPath ?? turn.NotebookPath);

    private async Task<(string Text, AnswerReview Review)> ReviewAsync(LiveTurn live, TurnPlan plan, Answer answer, CancellationToken cancellationToken)
    {
        var text = answer.Text;
        var likeness = plan.Guard.Likeness(text);
        if (!plan.Guard.IsTooNear(likeness))
        {
            var kept = plan.Guard.WithinPolicy(text);
            return (kept, new AnswerReview(kept == text ? "passed" : "code_left_out", likeness, null));
        }

        var second = new Answer(options.Value.MaxAnswerCharacters);
        await grower.GrowAsync(live, second, TutorRequests.Rewrite(plan.Setup, plan.Messages, text), plan.Options.WithoutTools(), showOnce: null, cancellationToken);
        answer.AddUsage(second);
        var again = plan.Guard.Likeness(second.Text);
        return plan.Guard.IsTooNear(again)
            ? (Guard.AnswerGuard.Withheld, new AnswerReview("withheld", likeness, again))
            : (plan.Guard.WithinPolicy(second.Text), new AnswerReview("rewritten", likeness, again));
    }
}
