using Microsoft.Extensions.Configuration;

namespace Lyceum.AppHost.Backing;

/// <summary>Where the suite's data is, whichever mode has been chosen.</summary>
/// <param name="Databases">The three databases by name.</param>
/// <param name="Redis">The cache, null where there is none. Services are told where it is.</param>
/// <param name="ReadyBefore">What has to be ready before a service that uses a database starts.</param>
/// <param name="Models">What answers for models.</param>
internal sealed record SuiteBacking(
    IReadOnlyDictionary<string, IResourceBuilder<IResourceWithConnectionString>> Databases,
    IResourceBuilder<IResourceWithConnectionString>? Redis,
    IReadOnlyList<IResourceBuilder<IResource>> ReadyBefore,
    SuiteModels Models)
{
    public static readonly string[] DatabaseNames = ["gatewaydb", "chatdb", "telemetrydb"];

    /// <summary>A Redis that is there already; null if the configuration names none.</summary>
    public static IResourceBuilder<IResourceWithConnectionString>? RedisFrom(IDistributedApplicationBuilder builder) =>
        builder.Configuration.GetConnectionString("redis") is null ? null : builder.AddConnectionString("redis");
}
