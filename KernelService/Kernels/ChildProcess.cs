using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Lyceum.KernelService.Kernels;

/// <summary>A kernel's process that this process started.</summary>
internal sealed class ChildProcess : KernelProcess
{
    private const int TailBytes = 4096;

    private readonly Process _process;
    private readonly StringBuilder _tail = new();

    private ChildProcess(Process process, KernelLaunch launch)
        : base(launch) => _process = process;

    public override int Id => _process.Id;

    public override string Tail
    {
        get
        {
            lock (_tail)
            {
                return _tail.ToString();
            }
        }
    }

    /// <summary>Starts the command as the kernel's process.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="launch">Where and with what environment.</param>
    /// <param name="isTiedToUs">Whether its input and output are ours to read; pipes to us would break when we end, and the kernel with them.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static ChildProcess Start(IReadOnlyList<string> command, KernelLaunch launch, bool isTiedToUs)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            // An account of its own enters its folder itself: no program of root's is started where a user's code may have put anything.
            WorkingDirectory = launch.Account is null ? launch.Folder : "/",
            RedirectStandardInput = isTiedToUs,
            RedirectStandardOutput = isTiedToUs,
            RedirectStandardError = isTiedToUs,
        };
        start.Environment.Clear();
        foreach (var (name, value) in launch.Environment)
        {
            start.Environment[name] = value;
        }

        var kernel = new ChildProcess(new Process { StartInfo = start, EnableRaisingEvents = true }, launch);
        kernel._process.Exited += (_, _) => kernel.OnExited();
        kernel._process.Start();
        if (isTiedToUs)
        {
            kernel._process.StandardInput.Close();
            _ = kernel.DrainAsync(kernel._process.StandardOutput.BaseStream);
            _ = kernel.DrainAsync(kernel._process.StandardError.BaseStream);
        }

        return kernel;
    }

    public override void Signal(int signal) => ProcessGroup.Signal(_process.Id, signal);

    public override void Kill()
    {
        try
        {
            // First those that left the group, while they can still be found below the process.
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself in the meantime.
        }

        Signal(ProcessGroup.Kill);
    }

    public override void Dispose() => _process.Dispose();

    private void OnExited()
    {
        Signal(ProcessGroup.Kill);
        End(_process.ExitCode);
    }

    private async Task DrainAsync(Stream output)
    {
        var buffer = new byte[TailBytes];
        try
        {
            while (await output.ReadAsync(buffer) is > 0 and var read)
            {
                lock (_tail)
                {
                    _tail.Append(Encoding.UTF8.GetString(buffer, 0, read));
                    _tail.Remove(0, Math.Max(0, _tail.Length - TailBytes));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process has gone and its pipe with it.
        }
    }
}
