using Lyceum.ModelHost.Forwarding;
using Lyceum.ModelHost.Scheduling;
using Lyceum.ModelHost.Telemetry;

namespace Lyceum.ModelHost.Usage;

/// <summary>Writes down what runs have taken: for metrics, for <c>/usage</c>, for quotas, and for whose turn is next.</summary>
internal sealed class RunAccounts(UsageLedger usage)
{
    /// <summary>
    /// Counts what was told of a run, and by estimate what was not, unless the node has failed: for <c>/usage</c>, quotas and shares the
    /// same. Metrics have only what was told.
    /// </summary>
    public void Ended(ModelRun run, NodeSlot slot, ModelTelemetry.ModelRun measured, TokenFigures figures, bool isStream, bool isCharged)
    {
        if (run.Scheduled.IsLookup)
        {
            return;
        }

        measured.Used(figures, isStream);
        measured.Answered(run.Text);
        var input = isCharged ? run.Traits.PromptTokens : 0;
        // Ollama leaves a figure of zero out: of an answer that only says that the model is loaded.
        var output = isCharged && !figures.Done ? run.Traits.AnswerTokens : 0;
        var counted = figures with { InputTokens = figures.InputTokens ?? input, OutputTokens = figures.OutputTokens ?? output };
        usage.Add(run.Scheduled.Course, run.Scheduled.User, run.Scheduled.Model, slot.Node.Name, counted);
        var tokens = (long)counted.InputTokens.Value + counted.OutputTokens.Value;
        run.Hold?.Add(tokens);
        slot.Tokens = (int)Math.Min(tokens, int.MaxValue);
    }

    /// <summary>
    /// Counts a run whose client has gone after the node got its prompt and before the answer began: the node has read the prompt, or
    /// part of it, which nobody tells, so it counts by estimate.
    /// </summary>
    public void Left(ModelRun run, NodeSlot slot, ModelTelemetry.ModelRun measured) =>
        Ended(run, slot, measured, new TokenFigures(Done: false, InputTokens: null, OutputTokens: 0), isStream: false, isCharged: true);
}
