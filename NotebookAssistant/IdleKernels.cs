using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.Messaging;

namespace Lyceum.NotebookAssistant;

/// <summary>Waits for a kernel to have nothing to do.</summary>
internal static class IdleKernels
{
    private const int MaxAborts = 10;
    private const int MaxAborted = 64 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AbortPause = TimeSpan.FromMilliseconds(50);

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

    /// <summary>
    /// Asks the kernel once it is idle; null if it does not become so soon. For a moment after a cell has failed, ipykernel aborts
    /// whatever it is asked next, so what it aborts it is asked again.
    /// </summary>
    public static async Task<JupyterMessage?> AskOnceIdleAsync(
        this IAssistedKernel kernel, Func<Task<JupyterMessage?>> ask, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var aborts = 0; ; aborts++)
        {
            var reply = await kernel.IsSoonIdleAsync(time, cancellationToken) ? await ask() : null;
            if (reply is null || aborts == MaxAborts || !IsAborted(reply))
            {
                return reply;
            }

            await Task.Delay(AbortPause, time, cancellationToken);
        }
    }

    private static bool IsAborted(JupyterMessage reply)
    {
        try
        {
            return reply.Content.Length <= MaxAborted && (string?)JsonNode.Parse(reply.Content.Span)?["status"] == "aborted";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A kernel's user can make it answer anything.
            return false;
        }
    }
}
