using Lyceum.ModelHost.Forwarding;
using Lyceum.ModelHost.Scheduling;
using Lyceum.ModelHost.Telemetry;

namespace Lyceum.ModelHost.Usage;

/// <summary>Writes down what runs have taken: for metrics, for <c>/usage</c>, for quotas, and for whose turn is next.</summary>
internal sealed class RunAccounts(UsageLedger usage)
{
    /// <summary>Counts what was told of a run. What was not told is charged by estimate, unless the node has failed.</summary>
    public void Ended(ModelRun run, NodeSlot slot, ModelTelemetry.ModelRun measured, TokenFigures figures, bool isStream, bool isCharged)
    {
        if (run.Scheduled.IsLookup)
        {
            return;
        }

        measured.Used(figures, isStream);
        measured.Answered(run.Text);
        usage.Add(run.Scheduled.Course, run.Scheduled.User, run.Scheduled.Model, slot.Node.Name, figures);
        run.Hold?.Add((long)(figures.InputTokens ?? (isCharged ? run.Traits.PromptTokens : 0)) + (figures.OutputTokens ?? (isCharged ? run.Traits.AnswerTokens : 0)));
        slot.Tokens = figures.InputTokens + (figures.OutputTokens ?? 0);
    }

    /// <summary>
    /// Counts a run whose client has gone after the node got its prompt and before the answer began: the node has read the prompt, or
    /// part of it, which nobody tells, so it counts by estimate.
    /// </summary>
    public void Left(ModelRun run, NodeSlot slot, ModelTelemetry.ModelRun measured) =>
        Ended(run, slot, measured, new TokenFigures(Done: false, run.Traits.PromptTokens, OutputTokens: 0), isStream: false, isCharged: true);
}
