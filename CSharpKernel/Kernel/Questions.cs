using System.Text.Json;
using Lyceum.Messaging;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>Asks the user who runs a cell for a line of input, over the stdin channel.</summary>
internal sealed class Questions(RouterSocket socket, Wire wire) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private volatile TaskCompletionSource<string>? _open;

    public void Dispose() => _one.Dispose();

    /// <summary>Waits for the answer, however long the user takes.</summary>
    /// <exception cref="InvalidOperationException">The client that runs the cell has no stdin channel.</exception>
    public async Task<string> AskAsync(Request parent, InputRequest content, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var answer = _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var question = wire.Reply(parent, "input_request", content, ReplyJson.Default.InputRequest);
            if (!await socket.SendAsync(question, cancellationToken))
            {
                throw new InvalidOperationException("The client that runs this cell is not connected for input.");
            }

            return await answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _open = null;
            _one.Release();
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var request = wire.Read(await socket.ReceiveAsync(cancellationToken));
            if (request is { Type: "input_reply" })
            {
                Answer(request);
            }
        }
    }

    // Nobody may be waiting any more: an answer to an interrupted cell comes to nothing.
    private void Answer(Request reply)
    {
        try
        {
            _open?.TrySetResult(reply.Read(RequestJson.Default.InputReply).Value);
        }
        catch (JsonException exception)
        {
            _open?.TrySetException(new InvalidOperationException($"The client's answer is not an input_reply: {exception.Message}"));
        }
    }
}
