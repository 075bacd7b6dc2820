using System.Globalization;

namespace Lyceum.KernelService.Outliving;

/// <summary>A process and no other that gets its number later: with when it started, and since which start of the machine.</summary>
/// <param name="Id">Its number.</param>
/// <param name="StartTicks">When it started, in the kernel's ticks since the machine did.</param>
/// <param name="Boot">The id of that start of the machine.</param>
internal sealed record ProcessIdentity(int Id, long StartTicks, string Boot)
{
    // In /proc/<pid>/stat, counted from the field behind the name.
    private const int StateField = 0;
    private const int StartField = 19;

    /// <summary>Whether that very process runs. One that has ended but that nobody has asked about yet does not.</summary>
    public bool IsRunning => this == Of(Id);

    /// <summary>The process that has the number now; null if none runs under it.</summary>
    public static ProcessIdentity? Of(int id)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));

            // The name may hold anything, and ends at the last parenthesis.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[StateField] is "Z" or "X"
                ? null
                : new ProcessIdentity(id, long.Parse(fields[StartField], CultureInfo.InvariantCulture), File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
