using System.ComponentModel.DataAnnotations;

namespace Lyceum.KernelService.Replicas;

/// <summary>The section <c>Replicas</c> of the configuration, in force where <c>ConnectionStrings:redis</c> is set.</summary>
internal sealed class ReplicasOptions
{
    /// <summary>Where other replicas and Gateway reach this one, such as <c>http://10.0.3.7:8080</c>; unless set, its first address by the machine's own.</summary>
    public Uri? Address { get; set; }

    /// <summary>How long a replica that says nothing counts as being there.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Replicas:Lease must be between 00:00:01 and 00:10:00.")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long another replica may take to list what it has.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:01:00", ErrorMessage = "Replicas:ListTimeout must be between 00:00:00.1 and 00:01:00.")]
    public TimeSpan ListTimeout { get; set; } = TimeSpan.FromSeconds(3);
}
