using System.Text;
using Lyceum.Messaging;
using Lyceum.NotebookAssistant;
using Lyceum.ProxyKernel.Forwarding;

namespace Lyceum.ProxyKernel.Assistant;

/// <summary>Whoever has subscribed to iopub.</summary>
internal sealed class ProxyAudience(ClientSide clients) : IAssistantAudience
{
    private static readonly ReadOnlyMemory<byte> Topic = Encoding.ASCII.GetBytes("kernel.lyceum");

    public void Publish(JupyterMessage message, bool isOutput) => Write(message);

    public void PassOn(JupyterMessage message) => Write(message);

    private void Write(JupyterMessage message)
    {
        var written = clients.PublishAsync(message with { Identities = [Topic] }, CancellationToken.None);
        if (!written.IsCompletedSuccessfully)
        {
            // Never on the thread that makes room.
            written.AsTask().GetAwaiter().GetResult();
        }
    }
}
