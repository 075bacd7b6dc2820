namespace Lyceum.KernelService.Channels;

/// <summary>
/// Gives memory back after floods and large outputs. The collector sees no reason to, once all is quiet, but the kernels
/// on the same machine have a use for it.
/// </summary>
internal sealed class MemoryReturn(TimeProvider time) : BackgroundService
{
    private const long BurstBytes = 64 * 1024 * 1024;
    private const long QuietBytes = 1024 * 1024;

    // A whole collection of more than that takes a while, and whoever comes meanwhile would wait for it.
    private const long MostBytes = 512 * 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var (last, collectedAt) = (GC.GetTotalAllocatedBytes(), 0L);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = GC.GetTotalAllocatedBytes();
            if (now - last < QuietBytes && now - collectedAt > BurstBytes && GC.GetTotalMemory(forceFullCollection: false) < MostBytes)
            {
                // Nobody waits for anything now, so the pause for a whole collection disturbs nobody.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                collectedAt = now;
            }

            last = now;
        }
    }
}
