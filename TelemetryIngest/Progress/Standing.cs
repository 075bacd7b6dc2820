namespace Lyceum.TelemetryIngest.Progress;

/// <summary>Where a learner stands with a cell that was run.</summary>
/// <param name="Tries">Executions up to the first that succeeded, or all without one.</param>
/// <param name="FirstAt">When the learner came to it.</param>
/// <param name="IsSolved">Whether an execution succeeded.</param>
/// <param name="LastAt">When the learner ran it last.</param>
/// <param name="Streak">How many of the last executions failed with one error.</param>
internal sealed record Standing(int Tries, DateTimeOffset FirstAt, bool IsSolved, DateTimeOffset LastAt, int Streak)
{
    /// <summary><c>t</c> tried, <c>x</c> stuck, <c>s</c> solved.</summary>
    public char State(int stuckAfter) => IsSolved ? 's' : Streak >= stuckAfter ? 'x' : 't';
}
