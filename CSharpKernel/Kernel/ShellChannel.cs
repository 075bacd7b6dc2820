using System.Text.Json;
using System.Threading.Channels;
using Lyceum.CSharpKernel.Execution;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>Answers shell's requests one after the other.</summary>
internal sealed class ShellChannel(RequestLoop loop, CellRequests cells, CSharpEngine engine, InputHistory history, Publications publications, Wire wire)
{
    private readonly Channel<Request> _queue = Channel.CreateBounded<Request>(1024);
    private bool _failed;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var receiving = ReceiveAsync(cancellationToken);
        await foreach (var request in _queue.Reader.ReadAllAsync(cancellationToken))
        {
            await loop.HandleAsync(request, AnswerAsync);
            await AbortWaitingAsync();
        }

        await receiving;
    }

    // Apart from answering, so that a cell that fails knows which cells are waiting behind it.
    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _queue.Writer.WriteAsync(await loop.ReceiveAsync(cancellationToken), cancellationToken);
        }
    }

    private Task AnswerAsync(Request request) => request.Type switch
    {
        "execute_request" => ExecuteAsync(request),
        "kernel_info_request" => InformAsync(request),
        "complete_request" => loop.ReplyAsync(
            request, CodeRequests.Complete(engine, request.Read(RequestJson.Default.CompleteRequest)), ReplyJson.Default.CompleteReply),
        "inspect_request" => loop.ReplyAsync(
            request, CodeRequests.Inspect(engine, request.Read(RequestJson.Default.InspectRequest)), ReplyJson.Default.InspectReply),
        "is_complete_request" => loop.ReplyAsync(
            request, CodeRequests.IsComplete(request.Read(RequestJson.Default.IsCompleteRequest)), ReplyJson.Default.IsCompleteReply),
        "history_request" => loop.ReplyAsync(
            request, new HistoryReply(history.Find(request.Read(RequestJson.Default.HistoryRequest))), ReplyJson.Default.HistoryReply),
        "comm_info_request" => loop.ReplyAsync(request, new CommInfoReply([]), ReplyJson.Default.CommInfoReply),
        "comm_open" => RefuseComm(request),
        // Like other kernels, silence for what the protocol's future may bring.
        _ => Task.CompletedTask,
    };

    private async Task ExecuteAsync(Request request)
    {
        var cell = request.Read(RequestJson.Default.ExecuteRequest);
        var started = wire.Now();
        var reply = await cells.ExecuteAsync(request, cell);
        var metadata = JsonSerializer.SerializeToUtf8Bytes(new ExecuteReplyMetadata(started), ReplyJson.Default.ExecuteReplyMetadata);
        await loop.ReplyAsync(request, reply, ReplyJson.Default.ExecuteReply, metadata);
        _failed = reply.Status == "error" && cell.StopOnError;
    }

    /// <summary>If a cell failed, those that its user sent along with it are not run.</summary>
    private async Task AbortWaitingAsync()
    {
        var waiting = _failed ? _queue.Reader.Count : 0;
        _failed = false;
        for (; waiting > 0 && _queue.Reader.TryRead(out var request); waiting--)
        {
            await loop.HandleAsync(request, request.Type == "execute_request"
                ? aborted => loop.ReplyAsync(aborted, cells.Abort(), ReplyJson.Default.ExecuteReply)
                : AnswerAsync);
        }
    }

    private async Task InformAsync(Request request)
    {
        await loop.ReplyAsync(request, KernelInfo.Reply, ReplyJson.Default.KernelInfoReply);
        engine.BeginWarmUp(new NoCell());
    }

    private Task RefuseComm(Request request)
    {
        var comm = request.Read(RequestJson.Default.CommOpen).CommId;
        publications.Post(request, "comm_close", new CommClose(comm, []), ReplyJson.Default.CommClose);
        return Task.CompletedTask;
    }
}
