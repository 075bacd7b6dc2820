using System.Globalization;

namespace Lyceum.TelemetryBench;

/// <summary>What is asked for on the command line.</summary>
/// <param name="Events">How many events the class view is measured on.</param>
/// <param name="Data">The folder in which they are kept for another run; null when they are made anew each time.</param>
/// <param name="Only"><c>ingest</c> or <c>views</c>: the one thing to measure, which is printed and not written to a file.</param>
/// <param name="Page">The file for the page; null for the one of the day.</param>
internal sealed record BenchOptions(int Events, string? Data, string? Only, string? Page)
{
    public const string Usage = "Options: --events N (1000000), --data FOLDER, --only ingest|views, --page FILE";

    /// <summary>Whether a thing is to be measured.</summary>
    public bool Measures(string what) => Only is null || Only == what;

    /// <summary>Reads them; null when they make no sense.</summary>
    public static BenchOptions? Read(string[] args)
    {
        var options = new BenchOptions(1_000_000, null, null, null);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--events" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var events):
                    options = options with { Events = events };
                    break;
                case "--data" when value is not null:
                    options = options with { Data = Path.GetFullPath(value) };
                    break;
                case "--only" when value is "ingest" or "views":
                    options = options with { Only = value };
                    break;
                case "--page" when value is not null:
                    options = options with { Page = value };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
