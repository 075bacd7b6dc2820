using StackExchange.Redis;

namespace Lyceum.ServiceDefaults.Storage;

/// <summary>How a Redis fails that may be away.</summary>
public static class RedisFailure
{
    /// <summary>
    /// Whether the failure is Redis's, without which everything goes on that needs no other replica. A connection that is disposed belongs
    /// to a host that has let go of it before its services have said their last.
    /// </summary>
    public static bool IsAway(Exception failure) => failure is RedisException or TimeoutException or ObjectDisposedException;
}
