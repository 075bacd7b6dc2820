using System.ComponentModel.DataAnnotations;

namespace Lyceum.ModelHost.Nodes;

/// <summary>How long ModelHost waits for a node.</summary>
internal sealed class NodeLimits
{
    /// <summary>For a connection; 1 to 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ErrorMessage = "Limits:Connect must be between 00:00:01 and 00:01:00.")]
    public TimeSpan Connect { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>For the first byte of an answer: loading a large model takes minutes; 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Limits:FirstByte must be between 00:00:01 and 01:00:00.")]
    public TimeSpan FirstByte { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Between two pieces of an answer; 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Limits:Idle must be between 00:00:01 and 01:00:00.")]
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Between two looks at a node's health and models; 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00", ErrorMessage = "Limits:Probe must be between 00:00:01 and 00:05:00.")]
    public TimeSpan Probe { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two look-ups of the nodes that DNS names; 1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Limits:Dns must be between 00:00:01 and 00:10:00.")]
    public TimeSpan Dns { get; set; } = TimeSpan.FromSeconds(15);
}
