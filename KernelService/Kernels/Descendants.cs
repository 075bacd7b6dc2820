using System.Buffers;
using System.Globalization;
using System.Text;

namespace Lyceum.KernelService.Kernels;

/// <summary>
/// Finds what a kernel started and left behind outside its process group, as shells and daemons do: the environment that
/// all of it inherited names the kernel.
/// </summary>
internal static class Descendants
{
    private const int MaxEnvironmentBytes = 512 * 1024;
    private const int Passes = 5;

    /// <summary>Kills them; those that are started meanwhile, too.</summary>
    public static void Kill(KernelLaunch launch)
    {
        var mark = Encoding.UTF8.GetBytes($"KERNEL_ID={launch.KernelId}\0");
        var buffer = ArrayPool<byte>.Shared.Rent(MaxEnvironmentBytes);
        try
        {
            for (var pass = 0; pass < Passes; pass++)
            {
                // As the kernel's own account where it has one: even root reads another's environment only with a capability of its own.
                List<int> found = launch.Account is { } account ? account.Do(Find) : Find();
                found.ForEach(process => ProcessGroup.SignalOne(process, ProcessGroup.Kill));
                if (found.Count == 0)
                {
                    return;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        List<int> Find() => [.. All().Where(process => Carries(process, mark, buffer))];
    }

    private static IEnumerable<int> All() => OperatingSystem.IsLinux()
        ? Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 1 && id != Environment.ProcessId)
        : [];

    private static bool Carries(int process, ReadOnlySpan<byte> mark, byte[] buffer)
    {
        try
        {
            using var file = File.OpenRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/environ"));
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return buffer.AsSpan(0, length).IndexOf(mark) is var at and >= 0 && (at == 0 || buffer[at - 1] == 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's.
            return false;
        }
    }
}
