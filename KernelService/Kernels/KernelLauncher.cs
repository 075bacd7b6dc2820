using System.Security.Cryptography;
using Lyceum.KernelService.Accounts;
using Lyceum.KernelService.Kernelspecs;
using Lyceum.KernelService.Limits;
using Lyceum.KernelService.Outliving;
using Lyceum.Messaging;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Kernels;

/// <summary>What it takes to start a kernel, again if need be.</summary>
/// <param name="KernelId">The kernel's id.</param>
/// <param name="Spec">Its kernelspec.</param>
/// <param name="Folder">Its working directory.</param>
/// <param name="Environment">Its environment.</param>
/// <param name="Account">The account under which it runs; null for the service's own.</param>
internal sealed record KernelLaunch(
    string KernelId, Kernelspec Spec, string Folder, IReadOnlyDictionary<string, string> Environment, UserAccount? Account = null);

/// <summary>Whose kernel it is, and for which notebook it was started.</summary>
internal sealed record KernelOwner(CallerIdentity Caller, string? Notebook);

/// <summary>Starts kernel processes, each with a connection file that no other account can read, and takes over those that outlived an earlier process.</summary>
internal sealed class KernelLauncher(
    IOptions<KernelsOptions> options,
    IOptions<LimitsOptions> limits,
    ControlGroups groups,
    KernelFolder folder,
    KeptFiles kept,
    TimeProvider time,
    ILogger<KernelLauncher> logger)
{
    // A kernel that is there shakes hands also while it is busy.
    private static readonly TimeSpan ListenTime = TimeSpan.FromSeconds(2);

    private static readonly string? Setsid = Executables.OnPath("setsid");
    private static readonly string? Setpriv = Executables.OnPath("setpriv");

    // Output that nobody can be there to read all the time goes nowhere.
    private static readonly string[] Untied = ["/bin/sh", "-c", "exec \"$@\" < /dev/null > /dev/null 2>&1", "sh"];

    private readonly LoopbackPorts _ports = new();

    /// <summary>Starts a process.</summary>
    /// <param name="launch">What to start.</param>
    /// <param name="owner">Whose it is; null while it is nobody's.</param>
    /// <param name="handler">Takes the kernel's messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<KernelRun> StartAsync(KernelLaunch launch, KernelOwner? owner, KernelMessageHandler handler, CancellationToken cancellationToken)
    {
        var path = ConnectionFileOf(launch.KernelId);
        var file = MakeConnectionFile(launch);
        ChildProcess? process = null;
        try
        {
            await file.WriteAsync(path, cancellationToken);
            KernelFolder.Give(path, launch.Account);
            process = ChildProcess.Start(CommandOf(launch, path), launch, isTiedToUs: !kept.IsEnabled);
            KernelLog.Started(logger, launch.KernelId, launch.Spec.Name, process.Id);
            Keep(launch, process.Id, owner);
            return new KernelRun(launch, process, file, handler, () => CleanUpAsync(launch.KernelId), options.Value, time, logger);
        }
        catch
        {
            process?.Kill();
            await CleanUpAsync(launch.KernelId);
            throw;
        }
    }

    /// <summary>Takes over a kernel that an earlier process started; null, and nothing is left of it, if it has ended.</summary>
    public async Task<KernelRun?> TryAdoptAsync(KeptKernel kernel, KernelMessageHandler handler, CancellationToken cancellationToken)
    {
        var id = kernel.Launch.KernelId;
        try
        {
            if (kernel.Process.IsRunning)
            {
                var file = await FindAsync(kernel.Launch, cancellationToken);
                var process = new AdoptedProcess(kernel.Launch, kernel.Process, time);
                return new KernelRun(kernel.Launch, process, file, handler, () => CleanUpAsync(id), options.Value, time, logger, isAdopted: true);
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            KernelLog.NotAdopted(logger, id, exception.Message);
        }

        await EndAsync(kernel);
        return null;
    }

    /// <summary>Ends a kernel that an earlier process started, if it still runs, and removes what there is of it.</summary>
    public async Task EndAsync(KeptKernel kernel)
    {
        if (kernel.Process.IsRunning)
        {
            ProcessGroup.Signal(kernel.Process.Id, ProcessGroup.Kill);
        }

        Descendants.Kill(kernel.Launch);
        File.Delete(Path.Combine(kept.Folder!, NameOfConnectionFile(kernel.Launch.KernelId)));
        File.Delete(Path.Combine(kept.Folder!, NameOfNextConnectionFile(kernel.Launch.KernelId)));
        await CleanUpAsync(kernel.Launch.KernelId);
    }

    /// <summary>Other sockets for a kernel, with the key that it has.</summary>
    public ConnectionFile ElsewhereThan(ConnectionFile file, KernelLaunch launch) => MakeConnectionFile(launch) with { Key = file.Key };

    /// <summary>Writes down where the kernel may listen soon, beside where it does: whoever comes after this process has ended tries both.</summary>
    public Task AnnounceAsync(KernelLaunch launch, ConnectionFile file) => file.WriteAsync(NextConnectionFileOf(launch.KernelId), CancellationToken.None);

    /// <summary>What was announced has come about.</summary>
    public void Confirm(KernelLaunch launch) => File.Move(NextConnectionFileOf(launch.KernelId), ConnectionFileOf(launch.KernelId), overwrite: true);

    /// <summary>What was announced has not come about.</summary>
    public void Withdraw(KernelLaunch launch) => File.Delete(NextConnectionFileOf(launch.KernelId));

    /// <summary>Writes down what the next process has to know of the kernel.</summary>
    public void Keep(KernelLaunch launch, int process, KernelOwner? owner)
    {
        if (kept.IsEnabled && ProcessIdentity.Of(process) is { } identity)
        {
            kept.Save(KeptFiles.Kernels, launch.KernelId, new KeptKernel(launch, owner?.Caller, identity, owner?.Notebook), KeptJson.Default.KeptKernel);
        }
    }

    private List<string> CommandOf(KernelLaunch launch, string connectionFile) =>
    [
        .. Setsid is null ? [] : (string[])[Setsid],
        .. kept.IsEnabled ? Untied : [],
        .. groups.Enter(launch.KernelId),
        .. ProcessLimits.Command(limits.Value),
        .. launch.Account?.Command(Setpriv!, launch.Folder) ?? [],
        launch.Spec.Executable,
        .. launch.Spec.Arguments(connectionFile),
    ];

    private static string NameOfConnectionFile(string kernelId) => $"kernel-{kernelId}.json";

    private static string NameOfNextConnectionFile(string kernelId) => $"kernel-{kernelId}-next.json";

    private string ConnectionFileOf(string kernelId) => Path.Combine(folder.Path, NameOfConnectionFile(kernelId));

    private string NextConnectionFileOf(string kernelId) => Path.Combine(folder.Path, NameOfNextConnectionFile(kernelId));

    /// <summary>Where a kernel listens that an earlier process started, which may have ended while the kernel moved.</summary>
    private async Task<ConnectionFile> FindAsync(KernelLaunch launch, CancellationToken cancellationToken)
    {
        var file = await ConnectionFile.ReadAsync(ConnectionFileOf(launch.KernelId), cancellationToken);
        if (!File.Exists(NextConnectionFileOf(launch.KernelId)))
        {
            return file;
        }

        if (await ListensAsync(file, cancellationToken))
        {
            // It was not yet told to leave, and whoever was to take over gives up.
            Withdraw(launch);
            return file;
        }

        Confirm(launch);
        return await ConnectionFile.ReadAsync(ConnectionFileOf(launch.KernelId), cancellationToken);
    }

    private async Task<bool> ListensAsync(ConnectionFile file, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ListenTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using var shell = await DealerSocket.ConnectAsync(file.EndpointOf(KernelChannel.Shell), cancellationToken: either.Token);
            return true;
        }
        catch (Exception exception) when (exception is ZmtpException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task CleanUpAsync(string kernelId)
    {
        File.Delete(ConnectionFileOf(kernelId));
        File.Delete(NextConnectionFileOf(kernelId));
        kept.Forget(KeptFiles.Kernels, kernelId);
        await groups.LeaveAsync(kernelId);
    }

    private ConnectionFile MakeConnectionFile(KernelLaunch launch)
    {
        var ipc = options.Value.Transport == "ipc";
        var chosen = ipc ? [1, 2, 3, 4, 5] : _ports.Pick(5);
        return new ConnectionFile
        {
            Transport = options.Value.Transport,
            // A new path for each start: the last one's sockets may still lie about.
            Ip = ipc ? Path.Combine(folder.Of(launch.Account), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))) : "127.0.0.1",
            Key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            ShellPort = chosen[0],
            IopubPort = chosen[1],
            StdinPort = chosen[2],
            ControlPort = chosen[3],
            HbPort = chosen[4],
            KernelName = launch.Spec.Name,
        };
    }
}
