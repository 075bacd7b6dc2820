namespace Lyceum.TelemetryIngest.Metrics;

/// <summary>Becker's Repeated Error Density (2016): errors of one type in a row weigh the more, the more of them there are.</summary>
internal static class RepeatedErrorDensity
{
    /// <summary>The sum of r² / (r + 1) over all rows of the same error, where r is how often it was repeated.</summary>
    public static double Of(IEnumerable<IReadOnlyList<Attempt>> sessions)
    {
        var density = 0.0;
        foreach (var session in sessions)
        {
            var repeats = 0;
            for (var i = 1; i <= session.Count; i++)
            {
                if (i < session.Count && session[i].IsFailed && session[i].Error == session[i - 1].Error)
                {
                    repeats++;
                    continue;
                }

                density += (double)(repeats * repeats) / (repeats + 1);
                repeats = 0;
            }
        }

        return density;
    }
}
