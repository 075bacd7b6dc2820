using System.Security.Cryptography;
using Lyceum.KernelService.Kernelspecs;
using Lyceum.Messaging;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Kernels;

/// <summary>What it takes to start a kernel, again if need be.</summary>
/// <param name="KernelId">The kernel's id.</param>
/// <param name="Spec">Its kernelspec.</param>
/// <param name="Folder">Its working directory.</param>
/// <param name="Environment">Its environment.</param>
internal sealed record KernelLaunch(string KernelId, Kernelspec Spec, string Folder, IReadOnlyDictionary<string, string> Environment);

/// <summary>Starts kernel processes, each with a connection file that only this account can read.</summary>
internal sealed class KernelLauncher(IOptions<KernelsOptions> options, TimeProvider time, ILogger<KernelLauncher> logger) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lyceum-kernels-").FullName;
    private readonly Ports _ports = new();

    public async Task<KernelRun> StartAsync(KernelLaunch launch, KernelMessageHandler handler, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_folder, $"kernel-{launch.KernelId}.json");
        var file = MakeConnectionFile(launch);
        await file.WriteAsync(path, cancellationToken);
        var process = KernelProcess.Start(launch.Spec.Executable, launch.Spec.Arguments(path), launch.Folder, launch.Environment);
        KernelLog.Started(logger, launch.KernelId, launch.Spec.Name, process.Id);
        return new KernelRun(launch, process, file, path, handler, options.Value, time, logger);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A kernel that is just ending removes its own file at the same time; the rest is small and in the temporary folder.
        }
    }

    private ConnectionFile MakeConnectionFile(KernelLaunch launch)
    {
        var ipc = options.Value.Transport == "ipc";
        var chosen = ipc ? [1, 2, 3, 4, 5] : _ports.Pick(5);
        return new ConnectionFile
        {
            Transport = options.Value.Transport,
            // A new path for each start: the last one's sockets may still lie about.
            Ip = ipc ? Path.Combine(_folder, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))) : "127.0.0.1",
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
