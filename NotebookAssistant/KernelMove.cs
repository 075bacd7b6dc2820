using Lyceum.Messaging;

namespace Lyceum.NotebookAssistant;

/// <summary>How a kernel goes on in another of its processes, which listens at sockets of its own: two executions, neither of which a client sees.</summary>
/// <param name="Begin">Of where the other process is to listen, the content of the request that has it listen there, while the kernel stays as it is.</param>
/// <param name="Settle">The content of the request to the other process, by which it becomes the kernel and the one before it ends.</param>
/// <param name="Succeeded">Whether a reply says that it has done so.</param>
internal sealed record KernelMove(Func<ConnectionFile, ReadOnlyMemory<byte>> Begin, ReadOnlyMemory<byte> Settle, Func<JupyterMessage, bool> Succeeded);
