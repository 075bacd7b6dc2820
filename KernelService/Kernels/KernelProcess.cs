using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Lyceum.KernelService.Kernelspecs;

namespace Lyceum.KernelService.Kernels;

/// <summary>A kernel's operating system process, the leader of a session of its own, so that signals reach what it starts.</summary>
internal sealed class KernelProcess : IDisposable
{
    private const int TailBytes = 4096;
    private static readonly string? Setsid = Executables.OnPath("setsid");

    private readonly Process _process;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _tail = new();

    private KernelProcess(Process process) => _process = process;

    public int Id => _process.Id;

    /// <summary>Completes with the exit code as soon as the process has ended.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>The last of what it wrote to its own output, which no client sees.</summary>
    public string Tail
    {
        get
        {
            lock (_tail)
            {
                return _tail.ToString();
            }
        }
    }

    /// <summary>Starts the program.</summary>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static KernelProcess Start(string executable, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var start = Setsid is null ? new ProcessStartInfo(executable, arguments) : new ProcessStartInfo(Setsid, [executable, .. arguments]);
        start.WorkingDirectory = folder;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var kernel = new KernelProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        kernel._process.Exited += (_, _) => kernel.OnExited();
        kernel._process.Start();
        kernel._process.StandardInput.Close();
        _ = kernel.DrainAsync(kernel._process.StandardOutput.BaseStream);
        _ = kernel.DrainAsync(kernel._process.StandardError.BaseStream);
        return kernel;
    }

    /// <summary>Sends a signal to the process and what it started.</summary>
    public void Signal(int signal) => ProcessGroup.Signal(_process.Id, signal);

    /// <summary>Ends the process and what it started, at once.</summary>
    public void Kill()
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

    public void Dispose() => _process.Dispose();

    private void OnExited()
    {
        // What the kernel left running would outlive it unseen.
        Signal(ProcessGroup.Kill);
        _exited.TrySetResult(_process.ExitCode);
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
