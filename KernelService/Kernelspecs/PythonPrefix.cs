using System.ComponentModel;
using System.Diagnostics;

namespace Lyceum.KernelService.Kernelspecs;

/// <summary>Where the <c>python3</c> on the path keeps what was installed with it; asked once, in the background.</summary>
internal sealed partial class PythonPrefix(TimeProvider time, ILogger<PythonPrefix> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lazy<Task<string?>> _prefix = new(() => Task.Run(() => AskAsync(time, logger)));

    public Task<string?> GetAsync() => _prefix.Value;

    private static async Task<string?> AskAsync(TimeProvider time, ILogger logger)
    {
        var start = new ProcessStartInfo("python3", ["-I", "-S", "-c", "import sys; print(sys.prefix)"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var limit = new CancellationTokenSource(Patience, time);
            using var python = Process.Start(start)!;
            try
            {
                var answer = await python.StandardOutput.ReadLineAsync(limit.Token);
                return Path.IsPathRooted(answer) ? answer : null;
            }
            finally
            {
                python.Kill(entireProcessTree: true);
            }
        }
        catch (Exception exception) when (exception is Win32Exception or OperationCanceledException or InvalidOperationException)
        {
            LogNoAnswer(logger, exception.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "No python3 tells its _prefix, kernelspecs in it are not looked for: {Reason}")]
    private static partial void LogNoAnswer(ILogger logger, string reason);
}
