using StackExchange.Redis;
using static Lyceum.ServiceDefaults.Replicas.ReplicaKeys;

namespace Lyceum.ServiceDefaults.Replicas;

/// <summary>Who has something that only one replica of a service can serve.</summary>
/// <param name="Id">The replica; null when nobody has said that it has it.</param>
/// <param name="Address">Where the replica is; null when it has gone.</param>
public sealed record ReplicaOwner(string? Id, Uri? Address)
{
    /// <summary>Whether the replica that had it has gone.</summary>
    public bool IsLost => Id is not null && Address is null;
}

/// <summary>
/// In Redis: which replicas of KernelService there are, each with a lease that it renews, and which of them has which kernel or session.
/// What a replica had is remembered for a day after it has gone, so that others can say what became of it.
/// </summary>
/// <param name="redis">The Redis that all replicas share.</param>
public sealed class ReplicaDirectory(IConnectionMultiplexer redis)
{
    /// <summary>Kernels, by id.</summary>
    public const string Kernels = "kernel";

    /// <summary>Sessions, by id.</summary>
    public const string Sessions = "session";

    /// <summary>Sessions, by whose they are and the document's path.</summary>
    public const string Paths = "path";

    private const int MaxId = 200;

    private IDatabase Database => redis.GetDatabase();

    /// <summary>Says that a replica is there, for the time of the lease.</summary>
    /// <param name="replica">The replica's id.</param>
    /// <param name="address">Where others reach it.</param>
    /// <param name="lease">For how long, unless it says so again.</param>
    public async Task RenewAsync(string replica, Uri address, TimeSpan lease)
    {
        ArgumentNullException.ThrowIfNull(address);
        await Database.StringSetAsync(OfReplica(replica), address.ToString(), lease);
        await Database.SetAddAsync(All, replica);
    }

    /// <summary>Whether a replica's lease still stands.</summary>
    /// <param name="replica">The replica's id.</param>
    public Task<bool> KnowsAsync(string replica) => Database.KeyExistsAsync(OfReplica(replica));

    /// <summary>Says that a replica goes.</summary>
    public async Task LeaveAsync(string replica)
    {
        await Database.KeyDeleteAsync([OfReplica(replica), SeatsOf(replica)]);
        await Database.SetRemoveAsync(All, replica);
    }

    /// <summary>The replicas that are there.</summary>
    public async Task<IReadOnlyList<ReplicaOwner>> ReplicasAsync()
    {
        var ids = await Database.SetMembersAsync(All);
        var addresses = ids.Length == 0 ? [] : await Database.StringGetAsync([.. ids.Select(id => OfReplica(id.ToString()))]);
        var found = ids.Zip(addresses, (id, address) => new ReplicaOwner(id.ToString(), AddressOf(address))).ToList();
        foreach (var gone in found.Where(replica => replica.IsLost))
        {
            await Database.SetRemoveAsync(All, gone.Id);
        }

        return [.. found.Where(replica => !replica.IsLost)];
    }

    /// <summary>Who has it.</summary>
    /// <param name="kind">One of this class's kinds.</param>
    /// <param name="key">Its id.</param>
    public async Task<ReplicaOwner> FindAsync(string kind, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Length is 0 or > MaxId || await Database.StringGetAsync(Of(kind, key)) is not { IsNullOrEmpty: false } replica
            ? new ReplicaOwner(null, null)
            : new ReplicaOwner(replica, AddressOf(await Database.StringGetAsync(OfReplica(replica.ToString()))));
    }

    /// <summary>Says that the replica has it.</summary>
    public Task ClaimAsync(string kind, string key, string replica) => Database.StringSetAsync(Of(kind, key), replica, Remembered);

    /// <summary>Says that the replica has it, unless another one that is there says so already, whom this then answers.</summary>
    public async Task<ReplicaOwner?> TryClaimAsync(string kind, string key, string replica)
    {
        if (await Database.StringSetAsync(Of(kind, key), replica, Remembered, When.NotExists))
        {
            return null;
        }

        var owner = await FindAsync(kind, key);
        if (owner.Address is not null && owner.Id != replica)
        {
            return owner;
        }

        await ClaimAsync(kind, key, replica);
        return null;
    }

    /// <summary>It is no more.</summary>
    public Task ForgetAsync(string kind, string key) => Database.KeyDeleteAsync(Of(kind, key));

    private static Uri? AddressOf(RedisValue value) =>
        Uri.TryCreate(value.ToString(), UriKind.Absolute, out var address) && (address.Scheme is "http" or "https") ? address : null;
}
