using System.ComponentModel.DataAnnotations;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>The section <c>Events</c> of TelemetryIngest's configuration.</summary>
internal sealed class EventsOptions
{
    /// <summary>The largest request body, in bytes before and after decompression; a larger one is answered 413.</summary>
    [Range(1024, 256 * 1024 * 1024, ErrorMessage = "Events:MaxBodySize must be between 1024 and 268435456 bytes.")]
    public int MaxBodySize { get; set; } = 16 * 1024 * 1024;

    /// <summary>How many events a request may hold; more are answered 413.</summary>
    [Range(1, 100_000, ErrorMessage = "Events:MaxBatch must be between 1 and 100000 events.")]
    public int MaxBatch { get; set; } = 20_000;

    /// <summary>How many bytes of bodies may be in work at once; beyond it requests are answered 503.</summary>
    [Range(1024, int.MaxValue, ErrorMessage = "Events:MaxBytesInWork must be between 1024 and 2147483647 bytes.")]
    public int MaxBytesInWork { get; set; } = 64 * 1024 * 1024;

    /// <summary>How many requests may wait for a commit; beyond it requests are answered 503.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Events:MaxWaiting must be between 1 and 1000000 requests.")]
    public int MaxWaiting { get; set; } = 4096;

    /// <summary>About how many events one transaction takes; requests that wait together are committed together.</summary>
    [Range(1, 100_000, ErrorMessage = "Events:MaxGroup must be between 1 and 100000 events.")]
    public int MaxGroup { get; set; } = 5000;

    /// <summary>How many logs of one sender are remembered, those it sent last.</summary>
    [Range(1, 100_000, ErrorMessage = "Events:MaxLogsPerSender must be between 1 and 100000.")]
    public int MaxLogsPerSender { get; set; } = 2000;

    /// <summary>How far a sender's clock may be off before live views go by our clock instead.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00", ErrorMessage = "Events:MaxClockError must be between 00:01:00 and 365.00:00:00.")]
    public TimeSpan MaxClockError { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How many refused events are kept.</summary>
    [Range(1, 10_000_000, ErrorMessage = "Events:QuarantineCapacity must be between 1 and 10000000.")]
    public int QuarantineCapacity { get; set; } = 10_000;
}
