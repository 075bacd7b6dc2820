using System.ComponentModel.DataAnnotations;

namespace Lyceum.TelemetryIngest.Live;

/// <summary>The section <c>Live</c> of TelemetryIngest's configuration.</summary>
internal sealed class LiveOptions
{
    /// <summary>The shortest time between two looks at the database for one class; changes in between are put together.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:02", ErrorMessage = "Live:MinInterval must be between 00:00:00.050 and 00:00:02.")]
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a class is read anew, for what leaves the window as time goes on.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Live:ReloadInterval must be between 00:00:01 and 01:00:00.")]
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stream may be silent; then a heartbeat is sent.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Live:Heartbeat must be between 00:00:01 and 00:10:00.")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many streams may be open at once; beyond it they are answered 503.</summary>
    [Range(1, 100_000, ErrorMessage = "Live:MaxStreams must be between 1 and 100000.")]
    public int MaxStreams { get; set; } = 500;
}
