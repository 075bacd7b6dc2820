using Microsoft.Extensions.Options;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>
/// Bounds the bytes of request bodies in work, from reading to commit: whatever arrives, memory stays within a small multiple of it.
/// </summary>
internal sealed class IntakeBudget(IOptions<EventsOptions> options)
{
    private long _left = options.Value.MaxBytesInWork;

    /// <summary>Nothing taken yet; what is taken comes back when it is disposed.</summary>
    public Share Open() => new(this);

    /// <summary>What one request has taken.</summary>
    internal sealed class Share(IntakeBudget budget) : IDisposable
    {
        private long _taken;

        /// <summary>Takes that many bytes more; false when they are not there.</summary>
        public bool TryTake(long bytes)
        {
            if (Interlocked.Add(ref budget._left, -bytes) < 0)
            {
                Interlocked.Add(ref budget._left, bytes);
                return false;
            }

            _taken += bytes;
            return true;
        }

        public void Dispose()
        {
            Interlocked.Add(ref budget._left, _taken);
            _taken = 0;
        }
    }
}
