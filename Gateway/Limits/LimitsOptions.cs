using System.ComponentModel.DataAnnotations;

namespace Lyceum.Gateway.Limits;

/// <summary>The section <c>Limits</c> of Gateway's configuration.</summary>
internal sealed class LimitsOptions
{
    /// <summary>Requests a second that one signed-in caller may make in the long run.</summary>
    [Range(1, 100_000, ErrorMessage = "Limits:RequestsPerSecond must be 1 to 100000.")]
    public int RequestsPerSecond { get; set; } = 100;

    /// <summary>Requests that one signed-in caller may make at once, above the rate.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Limits:Burst must be 1 to 1000000.")]
    public int Burst { get; set; } = 1000;

    /// <summary>Requests with events a second in the long run with one ingest key, which a whole course may share; ten times as many at once.</summary>
    [Range(1, 100_000, ErrorMessage = "Limits:IngestKeyRequestsPerSecond must be 1 to 100000.")]
    public int IngestKeyRequestsPerSecond { get; set; } = 2000;

    /// <summary>Requests a second without a valid token from one address, which a whole class may share; also the rate of sign-in attempts.</summary>
    [Range(1, 10_000, ErrorMessage = "Limits:AnonymousRequestsPerSecond must be 1 to 10000.")]
    public int AnonymousRequestsPerSecond { get; set; } = 20;

    /// <summary>The largest request body in bytes, 1 MiB to 2 GiB.</summary>
    [Range(1 << 20, int.MaxValue, ErrorMessage = "Limits:MaxRequestBodySize must be 1048576 to 2147483647.")]
    public int MaxRequestBodySize { get; set; } = 32 << 20;

    /// <summary>
    /// The same by service, where less. Each at most what the service itself takes: past that it would hang up while Gateway is still
    /// sending, and the client would see a broken service instead of its own mistake.
    /// </summary>
    public IDictionary<string, int> MaxRequestBodySizeOf { get; } = new Dictionary<string, int>
    {
        ["chatservice"] = 1 << 20,
        ["telemetryingest"] = 16 << 20,
        ["kernelservice"] = 28_000_000,
    };
}
