using System.Diagnostics;
using System.Globalization;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>The process that started the kernel, as Jupyter names it in <c>JPY_PARENT_PID</c>.</summary>
internal static class ParentProcess
{
    /// <summary>Ends when that process is gone; never if none is named.</summary>
    public static async Task WatchAsync(CancellationToken cancellationToken)
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable("JPY_PARENT_PID"), CultureInfo.InvariantCulture, out var id) || id <= 1)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return;
        }

        try
        {
            using var parent = Process.GetProcessById(id);
            await parent.WaitForExitAsync(cancellationToken);
        }
        catch (ArgumentException)
        {
            // It was gone before we looked.
        }
    }
}
