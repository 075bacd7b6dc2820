using Lyceum.Messaging;
using Lyceum.NotebookAssistant;
using Lyceum.ProxyKernel.SubKernels;

namespace Lyceum.ProxyKernel.Forwarding;

/// <summary>The kernel that is run, as the assistant and the forwarding talk to it.</summary>
internal sealed partial class KernelSide : IAssistedKernel, IAsyncDisposable
{
    private const int MaxBroken = 20;
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(1);

    private readonly SubKernel _kernel;
    private readonly SemaphoreSlim _linking = new(1, 1);
    private volatile KernelLink _link;
    private volatile Task _publishing = Task.CompletedTask;
    private PublicationHandler? _pass;
    private CancellationToken _ended;
    private volatile bool _isIdle = true;

    private KernelSide(SubKernel kernel, JupyterSigner signer, KernelLink link) => (_kernel, Signer, _link) = (kernel, signer, link);

    public JupyterSigner Signer { get; }

    // Lyceum's KernelService does not know this kernel.
    public string? Id => null;

    public string SpecName => _kernel.Spec.Name;

    public bool IsIdle => _isIdle && IsThere;

    public bool IsThere => !_kernel.Ended.IsCompleted;

    public bool InterruptsByMessage => _kernel.InterruptsByMessage;

    /// <summary>Connects to a kernel that may still be starting.</summary>
    public static async Task<KernelSide> ConnectAsync(SubKernel kernel, CancellationToken cancellationToken)
    {
        var signer = new JupyterSigner(kernel.Connection.Key);
        return new KernelSide(kernel, signer, await KernelLink.ConnectAsync(kernel.Connection, signer, cancellationToken));
    }

    /// <summary>Waits until what the kernel publishes arrives here.</summary>
    public Task AwaitReadyAsync(CancellationToken cancellationToken) => _link.AwaitReadyAsync(cancellationToken);

    /// <summary>Passes on what the kernel publishes, wherever it does, until it ends.</summary>
    public async Task PublicationsAsync(PublicationHandler pass, CancellationToken cancellationToken)
    {
        _pass = (header, parent, message) =>
        {
            if (header.MsgType == "status")
            {
                _isIdle = message.Content.Span.IndexOf("\"busy\""u8) < 0;
            }

            return pass(header, parent, message);
        };
        _ended = cancellationToken;
        _publishing = _link.PublicationsAsync(_pass, cancellationToken);
        var broken = 0;
        while (true)
        {
            var publishing = _publishing;
            try
            {
                await publishing;
            }
            catch (ZmtpException) when (_publishing != publishing)
            {
                // It is elsewhere now, where it is listened to already.
            }
            catch (ZmtpException) when (IsThere && ++broken <= MaxBroken)
            {
                await ConnectAgainAsync(publishing, cancellationToken);
            }
        }
    }

    public async Task<JupyterMessage?> AskAsync(string type, ReadOnlyMemory<byte> content, Action<JupyterMessage>? published, CancellationToken cancellationToken)
    {
        return IsIdle ? await AskAsync(_link, type, content, published, cancellationToken) : null;
    }

    public async Task InterruptCodeAsync(CancellationToken cancellationToken)
    {
        if (InterruptsByMessage)
        {
            await _link.InterruptAsync(cancellationToken);
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
        await _link.DisposeAsync();
        Signer.Dispose();
        _linking.Dispose();
    }

    /// <summary>The connection broke; mostly because the kernel ends, but not always.</summary>
    private async Task ConnectAgainAsync(Task publishing, CancellationToken cancellationToken)
    {
        if (await Task.WhenAny(_kernel.Ended, Task.Delay(EndTime, cancellationToken)) == _kernel.Ended)
        {
            throw new ZmtpException("The kernel has ended.");
        }

        await _linking.WaitAsync(cancellationToken);
        try
        {
            if (_publishing != publishing)
            {
                // It ended because the kernel is elsewhere now.
                return;
            }

            var broken = _link;
            var next = await KernelLink.ConnectAsync(_kernel.Connection, Signer, cancellationToken);
            _publishing = next.PublicationsAsync(_pass!, cancellationToken);
            _link = next;
            await broken.DisposeAsync();
        }
        finally
        {
            _linking.Release();
        }
    }

    private async Task<JupyterMessage?> AskAsync(
        KernelLink link, string type, ReadOnlyMemory<byte> content, Action<JupyterMessage>? published, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = link.AskAsync(type, content, published, either.Token);
        if (await Task.WhenAny(asked, _kernel.Ended) != asked)
        {
            await either.CancelAsync();
        }

        try
        {
            return await asked;
        }
        catch (ZmtpException)
        {
            // The whole of it goes, so that what listens to it connects again.
            await link.DisposeAsync();
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
