using System.ComponentModel.DataAnnotations;

namespace Lyceum.KernelService.Channels;

/// <summary>The section <c>Channels</c> of the configuration.</summary>
internal sealed class ChannelsOptions
{
    /// <summary>Bytes that wait for a client that is slow or away; beyond, its oldest outputs are dropped and it is told so. At least 1 MiB.</summary>
    [Range(1024 * 1024, long.MaxValue, ErrorMessage = "Channels:BufferBytes must be at least 1048576.")]
    public long BufferBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How long a client that lost its connection may stay away and still get what it missed.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00", ErrorMessage = "Channels:KeepFor must be between 00:00:00 and 7.00:00:00.")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many clients one kernel has at most, connected or awaited; the one that is away longest makes room. 1 to 1000.</summary>
    [Range(1, 1000, ErrorMessage = "Channels:MaxClients must be between 1 and 1000.")]
    public int MaxClients { get; set; } = 32;

    /// <summary>The largest message that a client may send.</summary>
    [Range(64 * 1024, int.MaxValue, ErrorMessage = "Channels:MaxMessageBytes must be at least 65536.")]
    public int MaxMessageBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>How many messages a second of a kernel's outputs reach its clients; 0, the default, for as many as it puts out.</summary>
    [Range(0, double.MaxValue, ErrorMessage = "Channels:IopubMessageRateLimit must be 0 for no limit, or the messages a second that are allowed.")]
    public double IopubMessageRateLimit { get; set; }

    /// <summary>How many bytes a second of a kernel's streams reach its clients; 0, the default, for as many as it puts out.</summary>
    [Range(0, double.MaxValue, ErrorMessage = "Channels:IopubDataRateLimit must be 0 for no limit, or the bytes a second that are allowed.")]
    public double IopubDataRateLimit { get; set; }

    /// <summary>Over which time the rates are taken.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00", ErrorMessage = "Channels:RateWindow must be between 00:00:00.1 and 00:10:00.")]
    public TimeSpan RateWindow { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a connection is pinged.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Channels:PingInterval must be between 00:00:01 and 01:00:00.")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take to answer a ping before its connection counts as lost.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Channels:PingTimeout must be between 00:00:01 and 01:00:00.")]
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(60);
}
