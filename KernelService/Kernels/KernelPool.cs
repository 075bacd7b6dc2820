using System.Collections.Concurrent;
using Lyceum.KernelService.Accounts;
using Lyceum.KernelService.Kernelspecs;
using Lyceum.KernelService.Outliving;
using Lyceum.KernelService.WarmKernels;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Replicas;

namespace Lyceum.KernelService.Kernels;

/// <summary>Why a kernel was not started.</summary>
internal enum KernelRefusal
{
    None,
    UnknownSpec,
    ServiceFull,
    UserFull,
}

/// <summary>All running kernels, each of them its creator's.</summary>
internal sealed class KernelPool(
    KernelspecCatalog catalog,
    KernelLauncher launcher,
    KernelFolder folder,
    KernelFactory factory,
    KernelEnvironment environment,
    WarmKernelPool warmKernels,
    KeptFiles kept,
    Workspaces.Workspaces workspaces,
    UserAccounts accounts,
    NotebookPaths notebooks,
    Replicas.Replicas replicas,
    KernelCaps caps,
    TimeProvider time,
    ILogger<KernelPool> logger) : IHostedLifecycleService
{
    private readonly ConcurrentDictionary<string, Kernel> _kernels = new(StringComparer.Ordinal);
    private readonly Lock _admission = new();
    private readonly CancellationTokenSource _closing = new();

    public int Max => caps.Max;

    public int MaxPerUser => caps.MaxPerUser;

    /// <summary>Ends when the service stops: no kernel is started any more, and those that run are ended.</summary>
    public CancellationToken Closing => _closing.Token;

    public IEnumerable<Kernel> All => _kernels.Values;

    /// <summary>Whether there is a kernel of that id, whosever.</summary>
    public bool Has(string id) => _kernels.ContainsKey(id);

    public IEnumerable<Kernel> Of(CallerIdentity caller) => _kernels.Values.Where(kernel => kernel.Owner.Subject == caller.Subject);

    /// <summary>The caller's kernel with that id. That of another caller is as unknown as one that does not exist.</summary>
    public Kernel? Find(string id, CallerIdentity caller) =>
        _kernels.TryGetValue(id, out var kernel) && kernel.Owner.Subject == caller.Subject ? kernel : null;

    public async Task<(Kernel? Kernel, KernelRefusal Refusal)> StartAsync(KernelStart start, CallerIdentity caller, CancellationToken cancellationToken)
    {
        var specs = await catalog.ListAsync(cancellationToken);
        var name = string.IsNullOrEmpty(start.Name) ? catalog.DefaultOf(specs) : start.Name;
        if (!specs.TryGetValue(name, out var spec) && !specs.TryGetValue(name.ToLowerInvariant(), out spec))
        {
            return (null, KernelRefusal.UnknownSpec);
        }

        // Asked first, so that who is refused takes no warm kernel away.
        if (await RefusalAsync(caller) is not KernelRefusal.None and var full)
        {
            return (null, full);
        }

        var workspace = await workspaces.OfAsync(caller, cancellationToken);
        KernelLaunch Launch(string id) => new(id, spec, workspace.FolderAt(start.Path), environment.For(spec, id, start.Env, workspace), workspace.Account);
        await using var warm = warmKernels.Take(spec, Launch);
        var kernel = factory.Make(Launch(warm?.Id ?? Guid.CreateVersion7(time.GetUtcNow()).ToString()), new KernelOwner(caller, start.Path));
        if (await AdmitAsync(kernel) is not KernelRefusal.None and var refusal)
        {
            notebooks.Forget(kernel.Id);
            return (null, refusal);
        }

        try
        {
            await kernel.StartAsync(warm, cancellationToken);
            await replicas.ClaimAsync(ReplicaDirectory.Kernels, kernel.Id);
            return (kernel, KernelRefusal.None);
        }
        catch
        {
            await EndAsync(kernel);
            throw;
        }
    }

    /// <summary>Ends the kernel and closes the connections to it.</summary>
    public async Task EndAsync(Kernel kernel)
    {
        if (_kernels.TryRemove(kernel.Id, out _))
        {
            try
            {
                await kernel.DisposeAsync();
            }
            finally
            {
                notebooks.Forget(kernel.Id);
                await replicas.ForgetAsync(ReplicaDirectory.Kernels, kernel.Id);
                await caps.FreeAsync(kernel.Id);
            }
        }
    }

    /// <summary>Before anybody can ask for a kernel: takes over those that outlived the last process.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await kept.OpenAsync(cancellationToken);
        await Task.WhenAll(kept.Load(KeptFiles.Kernels, KeptJson.Default.KeptKernel).Select(kernel => AdoptAsync(kernel, cancellationToken)));
        folder.DeleteAllBut(_kernels.Values.Select(kernel => kernel.Account?.Id ?? 0).ToHashSet());
        foreach (var session in kept.Load(KeptFiles.Sessions, KeptJson.Default.Session).Where(session => _kernels.ContainsKey(session.KernelId)))
        {
            // It may have been renamed since its kernel was started.
            notebooks.Remember(session.KernelId, session.Path);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Task told;
        lock (_admission)
        {
            told = _closing.CancelAsync();
        }

        await told;
        await Task.WhenAll(_kernels.Values.Select(kernel => kept.IsEnabled ? kernel.LetGoAsync() : EndQuietlyAsync(kernel)));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task AdoptAsync(KeptKernel kernel, CancellationToken cancellationToken)
    {
        // One that runs as what is no longer, or not yet, its user's account is not gone on with.
        if (!kept.IsEnabled || kernel.Owner is not { } owner || kernel.Launch.Account is null == accounts.AreOn)
        {
            await launcher.EndAsync(kernel);
            return;
        }

        var adopted = factory.Make(kernel.Launch, new KernelOwner(owner, kernel.Notebook));
        if (await adopted.TryAdoptAsync(kernel, cancellationToken))
        {
            _kernels[adopted.Id] = adopted;
        }
        else
        {
            notebooks.Forget(adopted.Id);
        }
    }

    private async Task<KernelRefusal> RefusalAsync(CallerIdentity caller) =>
        OwnRefusalOf(caller) is not KernelRefusal.None and var refusal ? refusal : await caps.AskAsync(caller);

    private async Task<KernelRefusal> AdmitAsync(Kernel kernel)
    {
        lock (_admission)
        {
            if (OwnRefusalOf(kernel.Owner) is not KernelRefusal.None and var own)
            {
                return own;
            }

            _kernels[kernel.Id] = kernel;
        }

        // In this order: what this replica says that it has is never less than the seats it took.
        var refusal = await caps.TakeAsync(kernel.Id, kernel.Owner);
        if (refusal != KernelRefusal.None)
        {
            _kernels.TryRemove(kernel.Id, out _);
            // A list of all seats may have been made meanwhile, with this one.
            await caps.FreeAsync(kernel.Id);
        }

        return refusal;
    }

    private KernelRefusal OwnRefusalOf(CallerIdentity caller) =>
        _closing.IsCancellationRequested ? KernelRefusal.ServiceFull : caps.RefusalOf(_kernels.Count, Of(caller).Count());

    private async Task EndQuietlyAsync(Kernel kernel)
    {
        try
        {
            await EndAsync(kernel);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            KernelLog.ShutdownFailed(logger, kernel.Id, exception);
        }
    }
}
