namespace Lyceum.CSharpKernel.Kernel;

/// <summary>Answers control's requests while shell may be busy.</summary>
internal sealed class ControlChannel(RequestLoop loop, Interrupts interrupts, Publications publications)
{
    /// <summary>Runs until a client asks the kernel to shut down.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var goOn = true; goOn;)
        {
            var request = await loop.ReceiveAsync(cancellationToken);
            goOn = request.Type != "shutdown_request";
            await loop.HandleAsync(request, AnswerAsync);
        }
    }

    private Task AnswerAsync(Request request)
    {
        switch (request.Type)
        {
            case "interrupt_request":
                interrupts.Interrupt();
                return loop.ReplyAsync(request, new EmptyReply(), ReplyJson.Default.EmptyReply);
            case "shutdown_request":
                return ShutdownAsync(request);
            case "kernel_info_request":
                return loop.ReplyAsync(request, KernelInfo.Reply, ReplyJson.Default.KernelInfoReply);
            default:
                return Task.CompletedTask;
        }
    }

    private async Task ShutdownAsync(Request request)
    {
        var reply = new ShutdownReply(request.Read(RequestJson.Default.ShutdownRequest).Restart);
        interrupts.Interrupt();
        // Every client learns of it, not only the one that asked.
        publications.Post(request, "shutdown_reply", reply, ReplyJson.Default.ShutdownReply);
        await loop.ReplyAsync(request, reply, ReplyJson.Default.ShutdownReply);
    }
}
