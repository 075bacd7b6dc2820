using System.Globalization;

namespace Lyceum.TelemetryIngest.Activity;

/// <summary>A cell in which a learner is at work for longer than nearly all who solved it.</summary>
/// <param name="Notebook">The notebook; empty when unknown.</param>
/// <param name="Active">The time at work in it so far.</param>
/// <param name="Threshold">The time that so large a share of those who solved it did not need more than.</param>
/// <param name="Share">That share.</param>
/// <param name="Solved">How many have solved it.</param>
/// <param name="Last">When the learner was at work in it last.</param>
internal sealed record LongWork(string Notebook, TimeSpan Active, TimeSpan Threshold, double Share, int Solved, DateTimeOffset Last)
{
    /// <summary>Why that makes the learner stuck.</summary>
    public string Reason => string.Create(
        CultureInfo.InvariantCulture,
        $"{Minutes(Active)} at work in one cell{(Notebook.Length == 0 ? "" : $" of {Notebook}")} without success; {Share:P0} of the {Solved} who solved it took {Minutes(Threshold)} at most.");

    private static string Minutes(TimeSpan time) => time.TotalMinutes < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalMinutes):F0} min");
}
