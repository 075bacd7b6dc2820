using System.ComponentModel.DataAnnotations;

namespace Lyceum.KernelService.Kernels;

/// <summary>The section <c>Kernels</c> of the configuration.</summary>
internal sealed class KernelsOptions
{
    /// <summary>How many kernels may run at once; 1 to 10,000.</summary>
    [Range(1, 10_000, ErrorMessage = "Kernels:Max must be between 1 and 10000.")]
    public int Max { get; set; } = 200;

    /// <summary>How many of them may belong to one user; 1 to 10,000.</summary>
    [Range(1, 10_000, ErrorMessage = "Kernels:MaxPerUser must be between 1 and 10000.")]
    public int MaxPerUser { get; set; } = 20;

    /// <summary>How a kernel is reached: <c>tcp</c> on the loopback, which every kernel knows, or <c>ipc</c>, which most do and accounts need.</summary>
    [RegularExpression("tcp|ipc", ErrorMessage = "Kernels:Transport must be tcp or ipc.")]
    public string Transport { get; set; } = "tcp";

    /// <summary>How long a kernel may take from its start to its first answer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Kernels:StartTimeout must be between 00:00:01 and 01:00:00.")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a kernel may take to end when it is asked to, before it is made to.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00", ErrorMessage = "Kernels:ShutdownTimeout must be between 00:00:00 and 00:05:00.")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often in a row a kernel that dies is started again before it counts as dead; 0 to 100.</summary>
    [Range(0, 100, ErrorMessage = "Kernels:MaxRestarts must be between 0 and 100.")]
    public int MaxRestarts { get; set; } = 5;

    /// <summary>How long a kernel must have run for its death to start a new count.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "Kernels:StableAfter must be between 00:00:00 and 01:00:00.")]
    public TimeSpan StableAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After how much idleness a kernel is ended; zero for never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00", ErrorMessage = "Kernels:CullIdleAfter must be between 00:00:00 and 365.00:00:00.")]
    public TimeSpan CullIdleAfter { get; set; } = TimeSpan.Zero;

    /// <summary>Whether idleness ends kernels that have a client connected.</summary>
    public bool CullConnected { get; set; }

    /// <summary>Whether idleness ends kernels that are busy, if they put nothing out.</summary>
    public bool CullBusy { get; set; }

    /// <summary>Names of the service's own environment variables that kernels inherit beside the usual ones.</summary>
    public IList<string> InheritedEnvironment { get; } = [];

    /// <summary>Names of environment variables that a client may set for its kernel beside those that start with <c>KERNEL_</c>.</summary>
    public IList<string> ClientEnvironment { get; } = [];
}
