using Lyceum.Messaging;
using Lyceum.NotebookAssistant;

namespace Lyceum.ProxyKernel.Forwarding;

/// <summary>How the kernel goes on in another of its processes, for clients as if nothing were.</summary>
internal sealed partial class KernelSide
{
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(30);

    /// <summary>Does something while no client's message is on its way to the kernel; true if the kernel is elsewhere then.</summary>
    public Func<Func<Task<bool>>, CancellationToken, Task>? WhileNobodySends { get; set; }

    public async Task<JupyterMessage?> MoveAsync(KernelMove move, CancellationToken cancellationToken)
    {
        JupyterMessage? reply = null;
        await WhileNobodySends!(
            async () =>
            {
                var file = _kernel.Elsewhere();
                reply = await AskAsync("execute_request", move.Begin(file), _ => { }, cancellationToken);
                if (reply is null || !move.Succeeded(reply))
                {
                    return false;
                }

                // The connection to the process that ends breaks meanwhile.
                await _linking.WaitAsync(cancellationToken);
                try
                {
                    if (await SettleAsync(file, move, cancellationToken))
                    {
                        return true;
                    }
                }
                finally
                {
                    _linking.Release();
                }

                reply = null;
                return false;
            },
            cancellationToken);
        return reply;
    }

    /// <summary>Goes on at the other place, once the kernel is reached there; false if it stays where it is.</summary>
    private async Task<bool> SettleAsync(ConnectionFile file, KernelMove move, CancellationToken cancellationToken)
    {
        KernelLink? next = null;
        var isAsked = false;
        try
        {
            next = await KernelLink.ConnectAsync(file, Signer, cancellationToken);
            var publishing = next.PublicationsAsync(_pass!, _ended);
            await next.AwaitReadyAsync(cancellationToken);
            using var limit = new CancellationTokenSource(SettleTime);
            isAsked = true;
            if (await AskAsync(next, "execute_request", move.Settle, published: null, limit.Token) is { } settled && move.Succeeded(settled))
            {
                var before = _link;
                _publishing = publishing;
                _link = next;
                await _kernel.MoveToAsync(file);
                await before.DisposeAsync();
                next = null;
                return true;
            }
        }
        catch (Exception exception) when (exception is ZmtpException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Told below.
        }
        finally
        {
            if (next is not null)
            {
                await next.DisposeAsync();
            }
        }

        if (isAsked)
        {
            // Which of the two is the kernel now, nobody can tell.
            _kernel.Kill();
        }

        return false;
    }
}
