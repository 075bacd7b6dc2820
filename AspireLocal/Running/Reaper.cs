using System.Diagnostics;
using System.Globalization;

namespace Lyceum.AspireLocal.Running;

/// <summary>
/// A shell in a session of its own that ends the AppHost's processes when the AppHost has been killed.
/// Windows has no such shell; there the processes of a killed AppHost stay.
/// </summary>
internal sealed class Reaper : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Process? _shell;

    public Reaper()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var script = new StreamReader(typeof(Reaper).Assembly.GetManifestResourceStream("reaper.sh")!);
        var info = Sessions.StartInfo(
            "/bin/sh", ["-c", script.ReadToEnd(), "aspire-local-reaper", Sessions.Available ? "1" : "0", Mark]);
        info.WorkingDirectory = "/";
        _shell = Process.Start(info);
    }

    /// <summary>Carried by the environment of every process of this run, as <c>ASPIRE_LOCAL_RUN</c>.</summary>
    public string Mark { get; } = Guid.NewGuid().ToString("N");

    public void Watch(int pid) => Send($"watch {pid.ToString(CultureInfo.InvariantCulture)}");

    public void Forget(int pid) => Send($"forget {pid.ToString(CultureInfo.InvariantCulture)}");

    public void Dispose()
    {
        Send("done");
        _shell?.Dispose();
    }

    private void Send(string line)
    {
        lock (_lock)
        {
            try
            {
                _shell?.StandardInput.WriteLine(line);
                _shell?.StandardInput.Flush();
            }
            catch (IOException)
            {
                // The shell is gone, so nothing watches any more; the processes themselves are not affected.
            }
        }
    }
}
