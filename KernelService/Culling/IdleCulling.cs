using Lyceum.KernelService.Kernels;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Culling;

/// <summary>Forgets clients that stay away, and ends kernels that nobody uses if it is told after how long.</summary>
internal sealed class IdleCulling(KernelPool pool, IOptions<KernelsOptions> options, TimeProvider time, ILogger<IdleCulling> logger) : BackgroundService
{
    private static readonly TimeSpan MaxInterval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var limit = options.Value.CullIdleAfter;
        using var timer = new PeriodicTimer(limit > TimeSpan.Zero && limit < MaxInterval ? limit : MaxInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var kernel in pool.All)
            {
                kernel.Clients.DropAway();
                var idle = time.GetUtcNow() - kernel.Activity.LastActivity;
                if (limit > TimeSpan.Zero && idle > limit && MayEnd(kernel))
                {
                    KernelLog.Culled(logger, kernel.Id, idle);
                    await pool.EndAsync(kernel);
                }
            }
        }
    }

    // One that is just starting has its own time limit.
    private bool MayEnd(Kernel kernel) =>
        (kernel.Activity.State is KernelActivity.Idle or KernelActivity.Dead || (options.Value.CullBusy && kernel.Activity.State == KernelActivity.Busy))
        && (options.Value.CullConnected || kernel.Clients.Connected == 0);
}
