namespace Lyceum.Messaging;

/// <summary>A request to a kernel that waits for its answer, which comes on two channels.</summary>
/// <param name="published">Takes what the kernel publishes for it; null to leave that aside, and not to wait for the kernel's being idle again.</param>
public sealed class PendingRequest(Action<JupyterMessage>? published)
{
    private readonly TaskCompletionSource<JupyterMessage> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes a message whose parent is the request.</summary>
    /// <param name="channel">The channel that it came on.</param>
    /// <param name="message">The message.</param>
    public void Take(KernelChannel channel, JupyterMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (channel != KernelChannel.Iopub)
        {
            _reply.TrySetResult(message);
        }
        else if (published is not null && JupyterHeader.TryParse(message.Header.Span, out var header))
        {
            if (header.MsgType != "status")
            {
                published(message);
            }
            else if (message.Content.Span.IndexOf("\"idle\""u8) >= 0)
            {
                _idle.TrySetResult();
            }
        }
    }

    /// <summary>No more will come.</summary>
    /// <param name="error">Why.</param>
    public void Fail(Exception error)
    {
        _reply.TrySetException(error);
        _idle.TrySetException(error);

        // Nobody may wait for it any more.
        _ = _reply.Task.Exception;
        _ = _idle.Task.Exception;
    }

    /// <summary>Waits for the reply.</summary>
    /// <exception cref="Exception">The error that it failed with.</exception>
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
