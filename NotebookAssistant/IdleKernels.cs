namespace Lyceum.NotebookAssistant;

/// <summary>Waits for a kernel to have nothing to do.</summary>
internal static class IdleKernels
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Whether the kernel is idle, or soon. A reply and the word that the kernel is idle again come by different sockets: who has had the
    /// one, and asks the next thing, may be ahead of the other.
    /// </summary>
    public static async Task<bool> IsSoonIdleAsync(this IAssistedKernel kernel, TimeProvider time, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (!kernel.IsIdle)
        {
            if (time.GetElapsedTime(begun) >= Limit)
            {
                return false;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        return true;
    }
}
