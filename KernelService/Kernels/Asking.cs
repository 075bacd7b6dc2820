using Lyceum.Messaging;

namespace Lyceum.KernelService.Kernels;

/// <summary>A request of the service's own that waits for its answer.</summary>
/// <param name="published">Takes what the kernel publishes for it; null to leave that aside.</param>
internal sealed class Asking(Action<JupyterMessage>? published)
{
    private readonly TaskCompletionSource<JupyterMessage> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Take(KernelChannel channel, JupyterMessage message)
    {
        if (channel == KernelChannel.Shell)
        {
            _reply.TrySetResult(message);
        }
        else if (channel == KernelChannel.Iopub && published is not null)
        {
            if (HeaderFields.Read(message.Header.Span).MsgType.SequenceEqual("status"u8))
            {
                if (message.Content.Span.IndexOf("\"idle\""u8) >= 0)
                {
                    _idle.TrySetResult();
                }
            }
            else
            {
                published(message);
            }
        }
    }

    public async Task<JupyterMessage> EndAsync(CancellationToken cancellationToken)
    {
        var reply = await _reply.Task.WaitAsync(cancellationToken);
        if (published is not null)
        {
            // They come by two sockets, in either order.
            await _idle.Task.WaitAsync(cancellationToken);
        }

        return reply;
    }
}
