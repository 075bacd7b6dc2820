using System.Net;
using System.Net.Sockets;
using Lyceum.KernelService.Kernels;
using Lyceum.KernelService.Sessions;
using Lyceum.ServiceDefaults.Replicas;
using Lyceum.ServiceDefaults.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Replicas;

/// <summary>Says again and again that this replica is there, and now and then all that it has.</summary>
internal sealed partial class ReplicaHeartbeat(
    Replicas replicas,
    KernelPool pool,
    KernelCaps caps,
    SessionList sessions,
    IServer server,
    IHostApplicationLifetime lifetime,
    IOptions<ReplicasOptions> options,
    TimeProvider time,
    ILogger<ReplicaHeartbeat> logger) : BackgroundService
{
    private const int BeatsPerLease = 3;
    private const int BeatsPerInventory = 20;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (replicas.Directory is not { } directory)
        {
            return;
        }

        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        var address = options.Value.Address ?? await OwnAddressAsync(stoppingToken);
        LogJoined(logger, replicas.Self, address);
        var missed = true;
        for (var beat = 0; !stoppingToken.IsCancellationRequested; beat++)
        {
            try
            {
                // Also where a Redis that forgot everything came back between two beats; and first, so that who sees this replica finds what it has.
                if (replicas.TakeUnsaid() || missed || beat % BeatsPerInventory == 0 || !await directory.KnowsAsync(replicas.Self))
                {
                    await SayAllAsync();
                }

                // Who sees this replica counts on the seats of its kernels, so none of what was to be said may have been lost on the way.
                missed = replicas.HasUnsaid;
                if (!missed)
                {
                    await directory.RenewAsync(replicas.Self, address, options.Value.Lease);
                }
            }
            catch (Exception failure) when (RedisFailure.IsAway(failure))
            {
                LogMissed(logger, failure.Message);
                missed = true;
            }

            await Task.Delay(options.Value.Lease / BeatsPerLease, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            await directory.LeaveAsync(replicas.Self);
        }
        catch (Exception failure) when (RedisFailure.IsAway(failure))
        {
            LogMissed(logger, failure.Message);
        }
    }

    private async Task SayAllAsync()
    {
        await caps.SayAsync(() => pool.All);
        foreach (var kernel in pool.All)
        {
            await replicas.ClaimAsync(ReplicaDirectory.Kernels, kernel.Id);
        }

        foreach (var session in sessions.All)
        {
            await replicas.ClaimAsync(ReplicaDirectory.Sessions, session.Id);
            await replicas.ClaimPathAsync(session.Owner, session.Path);
        }
    }

    private async Task<Uri> OwnAddressAsync(CancellationToken cancellationToken)
    {
        var listening = server.Features.Get<IServerAddressesFeature>()?.Addresses.OrderBy(address => address.StartsWith("https", StringComparison.Ordinal)).FirstOrDefault()
            ?? throw new InvalidOperationException("This replica does not know where others reach it: set Replicas__Address, such as http://10.0.3.7:8080.");
        var address = new Uri(listening.Replace("//+", "//0.0.0.0", StringComparison.Ordinal).Replace("//*", "//0.0.0.0", StringComparison.Ordinal));
        if (address.Host is not ("0.0.0.0" or "[::]"))
        {
            return address;
        }

        var own = await Dns.GetHostAddressesAsync(Dns.GetHostName(), cancellationToken);
        var first = own.FirstOrDefault(one => one.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(one)) ?? own.FirstOrDefault() ?? IPAddress.Loopback;
        return new UriBuilder(address) { Host = first.ToString() }.Uri;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This is replica {Replica}, which others reach at {Address}")]
    private static partial void LogJoined(ILogger logger, string replica, Uri address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis does not answer; kernels of other replicas cannot be reached through this one meanwhile: {Reason}")]
    private static partial void LogMissed(ILogger logger, string reason);
}
