namespace Lyceum.TelemetryIngest.Metrics;

/// <summary>One execution, as far as metrics look at it.</summary>
/// <param name="Time">When.</param>
/// <param name="Notebook">The notebook, if known.</param>
/// <param name="Cell">The cell, if known.</param>
/// <param name="Error">The error's type; null when it succeeded.</param>
/// <param name="Message">The error's whole message; null when it succeeded.</param>
/// <param name="Line">The line of the cell at which it failed, if known.</param>
/// <param name="Code">A hash of the code, if known.</param>
internal sealed record Attempt(DateTimeOffset Time, string? Notebook, string? Cell, string? Error, string? Message, int? Line, string? Code)
{
    public bool IsFailed => Error is not null;

    /// <summary>
    /// The sittings of a learner's attempts: those of one notebook, or of one cell, in a row without a break between. Attempts must be
    /// in order of time.
    /// </summary>
    public static IEnumerable<IReadOnlyList<Attempt>> Sessions(IEnumerable<Attempt> attempts, bool byCell, TimeSpan breakAfter)
    {
        foreach (var group in attempts.GroupBy(one => (one.Notebook, Cell: byCell ? one.Cell : null)))
        {
            List<Attempt> session = [];
            foreach (var one in group)
            {
                if (session is [.., var last] && one.Time - last.Time > breakAfter)
                {
                    yield return session;
                    session = [];
                }

                session.Add(one);
            }

            yield return session;
        }
    }
}

/// <summary>An error that learners met.</summary>
/// <param name="Name">Its type.</param>
/// <param name="Count">How often.</param>
/// <param name="Learners">By how many learners.</param>
/// <param name="Example">Its message, the last time.</param>
internal sealed record MetError(string Name, int Count, int Learners, string Example);
