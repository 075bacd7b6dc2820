using Lyceum.ServiceDefaults.Replicas;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers what replicas share.</summary>
public static class ReplicaHosting
{
    private const string Redis = "redis";

    /// <summary>Adds <see cref="ReplicaDirectory"/> and <see cref="KernelSeats"/> where a Redis is configured; false where there is none.</summary>
    public static bool TryAddReplicaDirectory(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(Redis)))
        {
            return false;
        }

        // A service without it serves what needs no other replica: it is no reason to send it nothing, nor to make anybody wait.
        builder.AddRedisClient(Redis, settings => settings.DisableHealthChecks = true, options => options.BacklogPolicy = BacklogPolicy.FailFast);
        builder.Services.AddSingleton<ReplicaDirectory>();
        builder.Services.AddSingleton<KernelSeats>();
        return true;
    }
}
