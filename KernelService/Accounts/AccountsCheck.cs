using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Lyceum.KernelService.Kernels;
using Lyceum.KernelService.Kernelspecs;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Accounts;

/// <summary>Makes sure, before anything starts, that accounts can be kept apart here; otherwise nothing starts, and it is said why.</summary>
internal sealed partial class AccountsCheck(
    UserAccounts accounts, AccountTable table, IOptions<AccountsOptions> options, IOptions<KernelsOptions> kernels) : IHostedLifecycleService
{
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(30);

    // linux/capability.h.
    private static readonly (string Name, int Bit)[] Capabilities =
        [("CAP_CHOWN", 0), ("CAP_DAC_OVERRIDE", 1), ("CAP_FOWNER", 3), ("CAP_KILL", 5), ("CAP_SETGID", 6), ("CAP_SETUID", 7)];

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (accounts.AreOn)
        {
            RequireSettings();
            RequireRights();
            OpenFolders();
            await RequireLoweringAsync(cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static InvalidOperationException Impossible(string why) => new($"Kernels:Accounts is set, but {why}");

    private void RequireSettings()
    {
        if (kernels.Value.Transport != "ipc")
        {
            throw Impossible("every account hears what a kernel publishes at a port of this machine: set Kernels:Transport=ipc.");
        }

        if (kernels.Value.ClientEnvironment.Count > 0)
        {
            throw Impossible("programs that root starts before the kernel would have the variables of Kernels:ClientEnvironment, too: leave that out.");
        }
    }

    private static void RequireRights()
    {
        var status = StatusOf(File.ReadLines("/proc/self/status"));
        if (status["Uid"].Split('\t')[1] != "0")
        {
            throw Impossible("the service does not run as root: run it so, with no more than the capabilities that docs/kernels.md names.");
        }

        var has = ulong.Parse(status["CapEff"], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if (Capabilities.Where(capability => (has & (1UL << capability.Bit)) == 0).Select(capability => capability.Name).ToList() is { Count: > 0 } missing)
        {
            throw Impossible($"the service lacks {string.Join(", ", missing)}: add them to its container's or unit's capabilities.");
        }

        // Whoever works with files as an account is not to have root's groups either.
        if (SetGroups(0, 0) != 0)
        {
            throw Impossible($"the service cannot leave its groups (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    private void OpenFolders()
    {
        var root = Path.GetDirectoryName(table.Folder)!;
        Directory.CreateDirectory(root);
        Ownership.Give(root, 0);
        Ownership.Allow(root, Ownership.Passage);
        Directory.CreateDirectory(table.Folder);
        if (Ownership.Of(table.Folder) is not { Owner: 0, IsDirectory: true })
        {
            throw Impossible($"{table.Folder} is not the service's own folder: remove it.");
        }

        Ownership.Allow(table.Folder, Ownership.OwnersAlone);
        var some = new UserAccount(options.Value.First, "");
        if (!some.Do(() => Directory.Exists(root)))
        {
            throw Impossible($"accounts cannot get to their workspaces: let others pass (chmod o+x) through each folder above {root}.");
        }

        var program = typeof(AccountsCheck).Assembly.Location;
        if (!some.Do(() => IsReadable(program)))
        {
            throw Impossible($"accounts cannot read the program: let others read {Path.GetDirectoryName(program)} and pass through each folder above.");
        }
    }

    private static bool IsReadable(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return true;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Has a program started as a kernel is, and say itself what it may.</summary>
    private async Task RequireLoweringAsync(CancellationToken cancellationToken)
    {
        var account = new UserAccount(options.Value.First, "");
        var setpriv = Executables.OnPath("setpriv") ?? throw Impossible("the program setpriv is not on the path: install util-linux.");
        var command = account.Command(setpriv, "/").Concat(["/bin/cat", "/proc/self/status"]).ToArray();
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        // A kernel that outlived the last process may have that account, and look.
        start.Environment.Clear();
        using var probe = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ProbeTime);
        var said = await Task.WhenAll(probe.StandardOutput.ReadToEndAsync(limit.Token), probe.StandardError.ReadToEndAsync(limit.Token));
        var status = StatusOf(said[0].Split('\n'));
        var own = string.Join('\t', Enumerable.Repeat(account.Id.ToString(CultureInfo.InvariantCulture), 4));
        if (Of("Uid") != own || Of("Gid") != own || Of("Groups") is not "" || Of("NoNewPrivs") != "1"
            || ((string[])["CapInh", "CapPrm", "CapEff", "CapAmb"]).Any(set => Of(set)?.Trim('0') is not ""))
        {
            throw Impossible($"a program cannot be started as account {account.Id} without rights: {said[1]}{said[0]}");
        }

        string? Of(string field) => status.GetValueOrDefault(field);
    }

    private static Dictionary<string, string> StatusOf(IEnumerable<string> lines) => lines
        .Select(line => line.Split(':', 2))
        .Where(field => field.Length == 2)
        .ToDictionary(field => field[0], field => field[1].Trim(), StringComparer.Ordinal);

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetGroups(nuint count, nint groups);
}
