using StackExchange.Redis;
using static Lyceum.ServiceDefaults.Replicas.ReplicaKeys;

namespace Lyceum.ServiceDefaults.Replicas;

/// <summary>Whether there is a seat for a kernel.</summary>
public enum SeatAnswer
{
    /// <summary>There is.</summary>
    Free,

    /// <summary>All replicas together have as many kernels as they may.</summary>
    AllTaken,

    /// <summary>The user has as many kernels as one may have.</summary>
    UsersTaken,
}

/// <summary>
/// In Redis: which kernels each replica of KernelService has, and whose they are, so that caps hold over all replicas. A replica's seats
/// count for as long as its lease stands.
/// </summary>
/// <param name="redis">The Redis that all replicas share.</param>
public sealed class KernelSeats(IConnectionMultiplexer redis)
{
    // Keys: all replicas, the own seats. Arguments: the replica, the kernel ('' only to ask), the user, both caps, the seats' lifetime in ms,
    // what stands before a replica's id in the key of its lease and in that of its seats.
    private const string Take = """
        local all, users = 0, 0
        local function count(key)
          local seats = redis.call('HGETALL', key)
          for i = 1, #seats, 2 do
            if seats[i] ~= ARGV[2] then
              all = all + 1
              if seats[i + 1] == ARGV[3] then users = users + 1 end
            end
          end
        end
        count(KEYS[2])
        for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
          if id ~= ARGV[1] and redis.call('EXISTS', ARGV[7] .. id) == 1 then count(ARGV[8] .. id) end
        end
        if all >= tonumber(ARGV[4]) then return 1 end
        if users >= tonumber(ARGV[5]) then return 2 end
        if ARGV[2] ~= '' then
          redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
          redis.call('PEXPIRE', KEYS[2], ARGV[6])
        end
        return 0
        """;

    private IDatabase Database => redis.GetDatabase();

    /// <summary>Takes a seat if there is one; which of several that ask at once get the last ones, Redis decides.</summary>
    /// <param name="replica">The replica that will have the kernel.</param>
    /// <param name="kernel">The kernel's id; null only to ask.</param>
    /// <param name="user">Whose it is.</param>
    /// <param name="max">How many kernels there may be.</param>
    /// <param name="maxPerUser">How many of them may be the user's.</param>
    public async Task<SeatAnswer> TakeAsync(string replica, string? kernel, string user, int max, int maxPerUser)
    {
        var answer = await Database.ScriptEvaluateAsync(
            Take,
            [All, SeatsOf(replica)],
            [replica, kernel ?? "", user, max, maxPerUser, (long)Remembered.TotalMilliseconds, Lease, Seats]);
        return (SeatAnswer)(int)answer;
    }

    /// <summary>The kernel is no more.</summary>
    public Task FreeAsync(string replica, string kernel) => Database.HashDeleteAsync(SeatsOf(replica), kernel);

    /// <summary>These are the kernels that the replica has, whatever was said before.</summary>
    /// <param name="replica">The replica.</param>
    /// <param name="seats">Its kernels' ids, and whose they are.</param>
    public Task ReplaceAsync(string replica, IEnumerable<KeyValuePair<string, string>> seats)
    {
        ArgumentNullException.ThrowIfNull(seats);
        HashEntry[] entries = [.. seats.Select(seat => new HashEntry(seat.Key, seat.Value))];
        var transaction = Database.CreateTransaction();
        _ = transaction.KeyDeleteAsync(SeatsOf(replica));
        if (entries.Length > 0)
        {
            _ = transaction.HashSetAsync(SeatsOf(replica), entries);
            _ = transaction.KeyExpireAsync(SeatsOf(replica), Remembered);
        }

        return transaction.ExecuteAsync();
    }
}
