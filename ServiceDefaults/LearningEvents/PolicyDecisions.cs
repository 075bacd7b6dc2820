using System.Collections.Concurrent;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ServiceDefaults.LearningEvents;

/// <summary>
/// Reports as learning events what was decided about a learner by a rule: a refusal in an exam, a limit, an answer held back. The same
/// decision about the same learner is reported once in <see cref="Once"/>, however often it is made.
/// </summary>
public sealed class PolicyDecisions(LearningEventSender sender, TimeProvider time)
{
    /// <summary>How long a decision about a learner is not reported again.</summary>
    public static readonly TimeSpan Once = TimeSpan.FromMinutes(1);

    private const int MaxKnown = 10_000;
    private readonly ConcurrentDictionary<(string Learner, string Decision, string? About), long> _reported = new();

    /// <summary>Reports a decision; never waits. Callers that are no learners are passed over.</summary>
    /// <param name="caller">Whom it is about.</param>
    /// <param name="decision">What was decided, such as <c>exam_closed</c>.</param>
    /// <param name="about">What it is about: a path, a conversation's id; null for nothing in particular.</param>
    /// <param name="notebook">The notebook's path; null when there is none.</param>
    public void Report(CallerIdentity caller, string decision, string? about = null, string? notebook = null)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var now = time.GetTimestamp();
        var key = (caller.Learner, decision, about);
        if (caller.Learner.Length == 0 || (_reported.TryGetValue(key, out var last) && time.GetElapsedTime(last, now) < Once))
        {
            return;
        }

        if (_reported.Count >= MaxKnown)
        {
            _reported.Clear();
        }

        _reported[key] = now;
        sender.TrySend(new LearningEvent
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Time = time.GetUtcNow(),
            Type = "PolicyDecision",
            Course = caller.Course,
            Learner = caller.Learner,
            Notebook = string.IsNullOrEmpty(notebook) ? null : notebook,
            Detail = JsonSerializer.SerializeToElement(new PolicyDecision(decision, about), LearningEventJson.Default.PolicyDecision),
        });
    }
}

/// <summary>The detail of the learning event <c>PolicyDecision</c> (docs/architecture.md).</summary>
internal sealed record PolicyDecision(string Decision, string? About);
