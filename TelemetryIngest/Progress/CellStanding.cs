namespace Lyceum.TelemetryIngest.Progress;

/// <summary>A row of <c>cell_days</c>, as far as progression looks at it.</summary>
internal readonly record struct DayOfCell(int Executions, int Tries, DateTimeOffset FirstAt, bool Solved, DateTimeOffset LastAt, string? LastError, int Streak);

/// <summary>Where a learner stands with a cell, over all days.</summary>
internal sealed class CellStanding
{
    private string? _error;
    private int _streak;

    /// <summary>When the learner came to it.</summary>
    public DateTimeOffset FirstAt { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>When the learner ran it last.</summary>
    public DateTimeOffset LastAt { get; private set; }

    /// <summary>Executions up to the first that succeeded, or all without one.</summary>
    public int Tries { get; private set; }

    public bool IsSolved { get; private set; }

    /// <summary>Takes the next day into account.</summary>
    public void Add(DayOfCell day)
    {
        FirstAt = day.FirstAt < FirstAt ? day.FirstAt : FirstAt;
        LastAt = day.LastAt;
        Tries += IsSolved ? 0 : day.Tries;
        IsSolved |= day.Solved;
        // A day on which nothing else happened goes on with the row of the day before.
        _streak = day.LastError is not null && day.Streak == day.Executions && day.LastError == _error ? _streak + day.Streak : day.Streak;
        _error = day.LastError;
    }

    /// <summary><c>t</c> tried, <c>x</c> stuck, <c>s</c> solved.</summary>
    public char State(int stuckAfter) => IsSolved ? 's' : _streak >= stuckAfter ? 'x' : 't';
}
