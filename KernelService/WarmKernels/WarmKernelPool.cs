using System.Collections.Concurrent;
using System.ComponentModel;
using Lyceum.KernelService.Accounts;
using Lyceum.KernelService.Kernels;
using Lyceum.KernelService.Kernelspecs;
using Lyceum.Messaging;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.WarmKernels;

/// <summary>
/// Keeps started kernels ready for whoever opens a notebook next, and starts another in the background for each that is taken
/// (docs/decisions/0009).
/// </summary>
internal sealed class WarmKernelPool(
    KernelspecCatalog catalog,
    KernelLauncher launcher,
    KernelEnvironment environment,
    UserAccounts accounts,
    IOptions<WarmKernelsOptions> options,
    TimeProvider time,
    ILogger<WarmKernelPool> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Shelf> _shelves = new(StringComparer.Ordinal);

    // One at a time: whoever waits for a kernel of their own has the processors.
    private readonly SemaphoreSlim _starting = new(1, 1);
    private string? _folder;

    /// <summary>How many kernels of that kernelspec wait.</summary>
    public int Waiting(string spec) => _shelves.GetValueOrDefault(spec)?.Count ?? 0;

    /// <summary>
    /// A kernel that can become the one that the launch describes, which is made for the id that the kernel has already;
    /// null if there is none. It is the caller's from now on.
    /// </summary>
    public WarmKernel? Take(Kernelspec spec, Func<string, KernelLaunch> launch)
    {
        if (_shelves.GetValueOrDefault(spec.Name)?.Take(warm => warm.IsOutdated(spec) || warm.Suits(launch(warm.Id))) is not { } taken)
        {
            return null;
        }

        if (taken.IsOutdated(spec))
        {
            _ = taken.DisposeAsync().AsTask();
            return null;
        }

        WarmKernelLog.Taken(logger, taken.Id);
        return taken;
    }

    public override void Dispose()
    {
        base.Dispose();
        _starting.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // With accounts, whose process it is has to be known when it starts (docs/decisions/0025).
        if (options.Value.Size == 0 || accounts.AreOn)
        {
            return;
        }

        _folder = Directory.CreateTempSubdirectory("lyceum-warm-").FullName;
        try
        {
            var specs = await catalog.ListAsync(stoppingToken);
            IEnumerable<string> names = options.Value.Kernelspecs is { Count: > 0 } chosen ? chosen : [catalog.DefaultOf(specs)];
            await Task.WhenAll(names.Distinct(StringComparer.OrdinalIgnoreCase).Select(name => FillAsync(name, stoppingToken)));
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
        finally
        {
            await Task.WhenAll(_shelves.Values.SelectMany(shelf => shelf.Clear()).Select(warm => warm.DisposeAsync().AsTask()));
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task FillAsync(string name, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (true)
        {
            if (await catalog.FindAsync(name, cancellationToken) is not { } spec || !Relocation.IsKnownFor(spec.File.Language))
            {
                WarmKernelLog.NotPossible(logger, name);
                return;
            }

            var shelf = _shelves.GetOrAdd(spec.Name, _ => new Shelf(options.Value.Size));
            await shelf.NeedsOneAsync(cancellationToken);
            var since = time.GetTimestamp();
            if (await StartAsync(spec, cancellationToken) is { } warm)
            {
                var took = time.GetElapsedTime(since);
                WarmKernelLog.Waits(logger, warm.Id, spec.Name, took);
                shelf.Put(warm);
                _ = WatchAsync(warm, shelf);
                pause = FirstPause;
            }
            else
            {
                shelf.StillNeedsOne();
                await Task.Delay(pause, time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task<WarmKernel?> StartAsync(Kernelspec spec, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        var warm = new WarmKernel(new KernelLaunch(id, spec, _folder!, environment.For(spec, id, client: null, workspace: null)), launcher);
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (await warm.TryStartAsync(cancellationToken))
            {
                return warm;
            }

            WarmKernelLog.DoesNotMove(logger, spec.Name);
        }
        catch (Exception exception) when (exception is KernelNotReadyException or ZmtpException or Win32Exception or IOException)
        {
            WarmKernelLog.Failed(logger, spec.Name, exception.Message);
        }
        catch (OperationCanceledException)
        {
            await warm.DisposeAsync();
            throw;
        }
        finally
        {
            _starting.Release();
        }

        await warm.DisposeAsync();
        return null;
    }

    /// <summary>A kernel that ends while it waits makes room for another.</summary>
    private async Task WatchAsync(WarmKernel warm, Shelf shelf)
    {
        await warm.Ended;
        if (shelf.Remove(warm))
        {
            WarmKernelLog.Ended(logger, warm.Id, warm.Spec.Name);
            await warm.DisposeAsync();
            await Task.Delay(FirstPause, time);
            shelf.StillNeedsOne();
        }
    }
}
