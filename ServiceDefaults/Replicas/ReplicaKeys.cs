using System.Globalization;
using StackExchange.Redis;

namespace Lyceum.ServiceDefaults.Replicas;

/// <summary>What KernelService's replicas share lies under these keys.</summary>
internal static class ReplicaKeys
{
    /// <summary>The set of replicas that said they are there, some of which may have gone.</summary>
    public const string All = Prefix + "replicas";

    /// <summary>Stands before a replica's id, for its lease.</summary>
    public const string Lease = Prefix + "replica:";

    /// <summary>Stands before a replica's id, for the seats that its kernels take.</summary>
    public const string Seats = Prefix + "seats:";

    private const string Prefix = "lyceum:kernelservice:";

    /// <summary>What a replica had is remembered for so long after it has gone.</summary>
    public static TimeSpan Remembered { get; } = TimeSpan.FromDays(1);

    public static RedisKey OfReplica(string replica) => Lease + replica;

    public static RedisKey SeatsOf(string replica) => Seats + replica;

    public static RedisKey Of(string kind, string key) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{kind}:{key}");
}
