using System.Xml;

namespace Lyceum.TelemetryIngest.Activity;

/// <summary>How far back a class view looks, and the buckets of its timeline.</summary>
/// <param name="Length">The length.</param>
internal readonly record struct ActivityWindow(TimeSpan Length)
{
    private const int Buckets = 60;
    private static readonly TimeSpan Min = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Max = TimeSpan.FromDays(7);

    /// <summary>What is shown when nothing is asked for.</summary>
    public static readonly ActivityWindow Default = new(TimeSpan.FromHours(2));

    /// <summary>What is wrong with a window that <see cref="TryParse"/> does not take.</summary>
    public const string Problem = "window must be an ISO 8601 duration from PT1M to P7D, such as PT2H.";

    private long Width => Length.Ticks / Buckets;

    /// <summary>Reads an ISO 8601 duration; nothing means the default.</summary>
    public static bool TryParse(string? text, out ActivityWindow window)
    {
        window = Default;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        try
        {
            window = new(XmlConvert.ToTimeSpan(text));
            return window.Length >= Min && window.Length <= Max;
        }
        catch (Exception failure) when (failure is FormatException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>Where the window starts.</summary>
    public DateTimeOffset Since(DateTimeOffset now) => now - Length;

    /// <summary>The bucket that a time falls in. Buckets start at multiples of their width, so they stay where they are as time goes on.</summary>
    public long BucketOf(DateTimeOffset time) => time.UtcTicks / Width;

    /// <summary>The start of a bucket.</summary>
    public DateTimeOffset StartOf(long bucket) => new(bucket * Width, TimeSpan.Zero);

    /// <inheritdoc />
    public override string ToString() => XmlConvert.ToString(Length);
}
