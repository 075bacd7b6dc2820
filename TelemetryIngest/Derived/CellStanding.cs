using Npgsql;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>Where a learner stands with a cell, over all days: a row of <c>cell_standings</c> but for whose it is and for the time at work.</summary>
internal sealed class CellStanding
{
    public int Executions { get; private set; }

    /// <summary>Executions up to the first that succeeded, or all without one.</summary>
    public int Tries { get; private set; }

    public DateTimeOffset? FirstAt { get; private set; }

    public DateTimeOffset? FirstSuccess { get; private set; }

    public DateTimeOffset? LastAt { get; private set; }

    public string? LastError { get; private set; }

    public int Streak { get; private set; }

    /// <summary>Takes the next day into account.</summary>
    public void Add(CellDay day)
    {
        Executions += day.Executions;
        Tries += FirstSuccess is null ? day.Tries : 0;
        FirstAt ??= day.FirstAt;
        FirstSuccess ??= day.FirstSuccess;
        LastAt = day.LastAt;
        // A day on which nothing else happened goes on with the row of the day before.
        Streak = day.LastError is not null && day.Streak == day.Executions && day.LastError == LastError ? Streak + day.Streak : day.Streak;
        LastError = day.LastError;
    }
}

/// <summary>A cell of a notebook.</summary>
/// <param name="Notebook">The notebook, as derived tables name it; empty when unknown.</param>
/// <param name="Cell">The cell's id.</param>
internal readonly record struct CellKey(string Notebook, string Cell)
{
    /// <summary>Reads <c>notebook, cell</c> of a derived table, with which a row begins.</summary>
    public static CellKey Read(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1));
}
