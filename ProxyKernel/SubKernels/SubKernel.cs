using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Lyceum.Messaging;

namespace Lyceum.ProxyKernel.SubKernels;

/// <summary>The process of the kernel that is run. It ends when this one does, also when this one is killed, if it knows Jupyter's <c>JPY_PARENT_PID</c>.</summary>
internal sealed partial class SubKernel : IAsyncDisposable
{
    private const string FileName = "connection.json";
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly LoopbackPorts Ports = new();

    private readonly string _folder;
    private readonly Process _process;

    private SubKernel(SubKernelSpec spec, string folder, ConnectionFile connection, Process process)
    {
        Spec = spec;
        _folder = folder;
        Connection = connection;
        _process = process;
        Ended = EndAsync();
    }

    public SubKernelSpec Spec { get; }

    /// <summary>Where it listens.</summary>
    public ConnectionFile Connection { get; private set; }

    /// <summary>Completes with the exit code.</summary>
    public Task<int> Ended { get; }

    /// <summary>Whether it wants interrupts as messages on control.</summary>
    public bool InterruptsByMessage => Spec.File.InterruptMode == "message";

    /// <exception cref="System.ComponentModel.Win32Exception">Its program cannot be started.</exception>
    public static async Task<SubKernel> StartAsync(SubKernelSpec spec, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("lyceum-proxy-").FullName;
        try
        {
            var connection = NewConnection(spec, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
            var file = Path.Combine(folder, FileName);
            await connection.WriteAsync(file, cancellationToken);
            var command = spec.Command(file);
            var start = new ProcessStartInfo(command[0], command.Skip(1));
            foreach (var (name, value) in spec.File.Env ?? new Dictionary<string, string>())
            {
                start.Environment[name] = Reference().Replace(value, match => start.Environment.TryGetValue(match.Groups[1].Value, out var known) ? known ?? "" : match.Value);
            }

            start.Environment["JPY_PARENT_PID"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            // What the tutor is asked with is not the notebook's to read.
            start.Environment.Remove("LYCEUM_TOKEN");
            return new SubKernel(spec, folder, connection, Process.Start(start)!);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>SIGINT to the kernel and what it started, where that can be told from what others did.</summary>
    public void SendInterrupt()
    {
        if (!_process.HasExited)
        {
            // Jupyter makes this process the leader of a group; this process does not heed the signal.
            _ = SendSignal(GroupOf(0) == Environment.ProcessId ? 0 : _process.Id, Interrupt);
        }
    }

    /// <summary>Other places for it to listen at.</summary>
    public ConnectionFile Elsewhere() => NewConnection(Spec, Connection.Key);

    /// <summary>It listens there now.</summary>
    public async Task MoveToAsync(ConnectionFile connection)
    {
        Connection = connection;
        try
        {
            await connection.WriteAsync(Path.Combine(_folder, FileName));
        }
        catch (IOException)
        {
            // Only who connects by hand reads it.
        }
    }

    /// <summary>Ends it at once.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It ended by itself in the meantime.
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                _ = SendSignal(_process.Id, Terminate);
            }

            await Ended.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Kill();
            await Ended;
        }

        _process.Dispose();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // What is left is small and in the temporary folder.
        }
    }

    private async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    private static ConnectionFile NewConnection(SubKernelSpec spec, string key)
    {
        // Not all kernels know ipc.
        var ports = Ports.Pick(5);
        return new ConnectionFile
        {
            Ip = "127.0.0.1",
            Key = key,
            ShellPort = ports[0],
            IopubPort = ports[1],
            StdinPort = ports[2],
            ControlPort = ports[3],
            HbPort = ports[4],
            KernelName = spec.Name,
        };
    }

    [LibraryImport("libc", EntryPoint = "getpgid", SetLastError = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GroupOf(int process);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int process, int signal);

    /// <summary>How kernelspecs refer to variables.</summary>
    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Reference();
}
