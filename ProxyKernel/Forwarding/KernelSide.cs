using System.Collections.Concurrent;
using System.Text;
using Lyceum.Messaging;
using Lyceum.NotebookAssistant;
using Lyceum.ProxyKernel.SubKernels;

namespace Lyceum.ProxyKernel.Forwarding;

/// <summary>The kernel that is run, as the assistant and the forwarding talk to it.</summary>
internal sealed class KernelSide : IAssistedKernel, IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly SubKernel _kernel;
    private readonly SubscriberSocket _iopub;
    private readonly DealerSocket _own;
    private readonly DealerSocket _ownControl;
    private readonly string _session = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<string, PendingRequest> _pending = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _answering;
    private volatile bool _isIdle = true;

    private KernelSide(SubKernel kernel, SubscriberSocket iopub, DealerSocket own, DealerSocket ownControl)
    {
        _kernel = kernel;
        Signer = new JupyterSigner(kernel.Connection.Key);
        _iopub = iopub;
        _own = own;
        _ownControl = ownControl;
        _answering = AnswerAsync();
    }

    public JupyterSigner Signer { get; }

    // Lyceum's KernelService does not know this kernel.
    public string? Id => null;

    public string SpecName => _kernel.Spec.Name;

    public bool IsIdle => _isIdle && !_kernel.Ended.IsCompleted;

    public bool InterruptsByMessage => _kernel.InterruptsByMessage;

    /// <summary>Connects to a kernel that may still be starting.</summary>
    public static async Task<KernelSide> ConnectAsync(SubKernel kernel, CancellationToken cancellationToken)
    {
        var iopub = await SubscriberSocket.ConnectAsync(kernel.Connection.EndpointOf(KernelChannel.Iopub), cancellationToken: cancellationToken);
        await iopub.SubscribeAsync(default, cancellationToken);
        var own = await DealerSocket.ConnectAsync(kernel.Connection.EndpointOf(KernelChannel.Shell), cancellationToken: cancellationToken);
        var control = await DealerSocket.ConnectAsync(kernel.Connection.EndpointOf(KernelChannel.Control), cancellationToken: cancellationToken);
        return new KernelSide(kernel, iopub, own, control);
    }

    /// <summary>Waits until what the kernel publishes arrives here: what it published before is lost.</summary>
    public async Task AwaitReadyAsync(CancellationToken cancellationToken)
    {
        for (var pause = Pause; !_published.Task.IsCompleted; pause *= 2)
        {
            await RequestAsync(_own, "kernel_info_request", default, cancellationToken);
            await Task.WhenAny(_published.Task, Task.Delay(pause, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Passes on what the kernel publishes, except for what it publishes for requests of our own.</summary>
    public async Task PublicationsAsync(Func<JupyterHeader, JupyterHeader, JupyterMessage, ValueTask> pass, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!JupyterMessage.TryDecode(await _iopub.ReceiveAsync(cancellationToken), Signer, out var message, out _))
            {
                continue;
            }

            _published.TrySetResult();
            _ = JupyterHeader.TryParse(message.Header.Span, out var header);
            _ = JupyterHeader.TryParse(message.ParentHeader.Span, out var parent);
            if (parent.Session == _session)
            {
                if (_pending.TryGetValue(parent.MsgId, out var pending))
                {
                    pending.Take(KernelChannel.Iopub, message);
                }

                continue;
            }

            if (header.MsgType == "status")
            {
                _isIdle = message.Content.Span.IndexOf("\"idle\""u8) >= 0;
            }

            await pass(header, parent, message);
        }
    }

    public async Task<JupyterMessage?> AskAsync(string type, ReadOnlyMemory<byte> content, Action<JupyterMessage>? published, CancellationToken cancellationToken)
    {
        if (!IsIdle)
        {
            return null;
        }

        var pending = new PendingRequest(published);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var id = "";
        try
        {
            id = await RequestAsync(_own, type, content, either.Token, pending);
            var asked = pending.EndAsync(either.Token);
            if (await Task.WhenAny(asked, _kernel.Ended) != asked)
            {
                await either.CancelAsync();
                return null;
            }

            return await asked;
        }
        catch (ZmtpException)
        {
            return null;
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    public async Task InterruptCodeAsync(CancellationToken cancellationToken)
    {
        if (InterruptsByMessage)
        {
            await RequestAsync(_ownControl, "interrupt_request", default, cancellationToken);
        }
        else
        {
            _kernel.SendInterrupt();
        }
    }

    public void Touch()
    {
        // Nobody counts idleness here.
    }

    public async ValueTask DisposeAsync()
    {
        await _iopub.DisposeAsync();
        await _own.DisposeAsync();
        await _ownControl.DisposeAsync();
        await _answering;
        Signer.Dispose();
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
        await socket.SendAsync(message.Encode(Signer), cancellationToken);
        return header.MsgId;
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                if (JupyterMessage.TryDecode(await _own.ReceiveAsync(), Signer, out var message, out _)
                    && JupyterHeader.TryParse(message.ParentHeader.Span, out var parent)
                    && _pending.TryGetValue(parent.MsgId, out var pending))
                {
                    pending.Take(KernelChannel.Shell, message);
                }
            }
        }
        catch (ZmtpException)
        {
            // The kernel has ended.
        }
    }
}
