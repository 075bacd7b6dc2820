using System.Collections.Concurrent;
using System.Text;
using Lyceum.Messaging;

namespace Lyceum.ProxyKernel.Forwarding;

/// <summary>Takes what the kernel publishes, with its header and its parent's.</summary>
internal delegate ValueTask PublicationHandler(JupyterHeader header, JupyterHeader parent, JupyterMessage message);

/// <summary>The proxy's own connection to the kernel at one place: what it publishes, and requests that no client made.</summary>
internal sealed class KernelLink : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly JupyterSigner _signer;
    private readonly SubscriberSocket _iopub;
    private readonly DealerSocket _shell;
    private readonly DealerSocket _control;
    private readonly string _session = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<string, PendingRequest> _pending = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _answering;
    private int _disposed;

    private KernelLink(JupyterSigner signer, SubscriberSocket iopub, DealerSocket shell, DealerSocket control)
    {
        (_signer, _iopub, _shell, _control) = (signer, iopub, shell, control);
        _answering = AnswerAsync();
    }

    /// <summary>Connects to a kernel that may still be starting.</summary>
    public static async Task<KernelLink> ConnectAsync(ConnectionFile file, JupyterSigner signer, CancellationToken cancellationToken)
    {
        var iopub = await SubscriberSocket.ConnectAsync(file.EndpointOf(KernelChannel.Iopub), cancellationToken: cancellationToken);
        await iopub.SubscribeAsync(default, cancellationToken);
        var shell = await DealerSocket.ConnectAsync(file.EndpointOf(KernelChannel.Shell), cancellationToken: cancellationToken);
        var control = await DealerSocket.ConnectAsync(file.EndpointOf(KernelChannel.Control), cancellationToken: cancellationToken);
        return new KernelLink(signer, iopub, shell, control);
    }

    /// <summary>Waits until what the kernel publishes arrives here: what it published before is lost.</summary>
    public async Task AwaitReadyAsync(CancellationToken cancellationToken)
    {
        for (var pause = Pause; !_published.Task.IsCompleted; pause = pause < LongestPause ? pause * 2 : pause)
        {
            await RequestAsync(_shell, "kernel_info_request", default, cancellationToken);
            await Task.WhenAny(_published.Task, Task.Delay(pause, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Passes on what the kernel publishes, except for what it publishes for requests of our own.</summary>
    /// <exception cref="ZmtpException">The kernel has ended, or this was disposed.</exception>
    public async Task PublicationsAsync(PublicationHandler pass, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!JupyterMessage.TryDecode(await _iopub.ReceiveAsync(cancellationToken), _signer, out var message, out _))
            {
                continue;
            }

            _published.TrySetResult();
            _ = JupyterHeader.TryParse(message.Header.Span, out var header);
            _ = JupyterHeader.TryParse(message.ParentHeader.Span, out var parent);
            if (parent.Session != _session)
            {
                await pass(header, parent, message);
            }
            else if (_pending.TryGetValue(parent.MsgId, out var pending))
            {
                pending.Take(KernelChannel.Iopub, message);
            }
        }
    }

    /// <summary>Sends a request of our own on shell and waits for its reply.</summary>
    /// <exception cref="ZmtpException">The kernel has gone.</exception>
    public async Task<JupyterMessage> AskAsync(string type, ReadOnlyMemory<byte> content, Action<JupyterMessage>? published, CancellationToken cancellationToken)
    {
        var pending = new PendingRequest(published);
        var id = "";
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            id = await RequestAsync(_shell, type, content, either.Token, pending);
            var asked = pending.EndAsync(either.Token);
            if (await Task.WhenAny(asked, _answering) != asked)
            {
                await either.CancelAsync();
                throw new ZmtpException("The connection broke before the reply came.");
            }

            return await asked;
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    public Task InterruptAsync(CancellationToken cancellationToken) => RequestAsync(_control, "interrupt_request", default, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _iopub.DisposeAsync();
            await _shell.DisposeAsync();
            await _control.DisposeAsync();
        }

        await _answering;
    }

    private async Task<string> RequestAsync(
        DealerSocket socket, string type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken, PendingRequest? pending = null)
    {
        var header = JupyterHeader.Create(type, _session, "lyceum", TimeProvider.System);
        if (pending is not null)
        {
            _pending[header.MsgId] = pending;
        }

        var message = new JupyterMessage { Header = header.ToUtf8(), Content = content.IsEmpty ? Encoding.UTF8.GetBytes("{}") : content };
        await socket.SendAsync(message.Encode(_signer), cancellationToken);
        return header.MsgId;
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                if (JupyterMessage.TryDecode(await _shell.ReceiveAsync(), _signer, out var message, out _)
                    && JupyterHeader.TryParse(message.ParentHeader.Span, out var parent)
                    && _pending.TryGetValue(parent.MsgId, out var pending))
                {
                    pending.Take(KernelChannel.Shell, message);
                }
            }
        }
        catch (ZmtpException)
        {
            // Who waits for a reply sees that this has ended.
        }
    }
}
