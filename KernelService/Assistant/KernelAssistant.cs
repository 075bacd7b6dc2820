using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Lyceum.KernelService.Channels;
using Lyceum.KernelService.Kernels;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Assistant;

/// <summary>
/// Answers the assistant's messages on the channels of one kernel, one after the other, beside the kernel and not in it:
/// a kernel that is busy does not keep the tutor from answering.
/// </summary>
internal sealed partial class KernelAssistant(
    AssistantOptions options,
    TutorTurns turns,
    ContextSetup setup,
    KernelQuestions questions,
    string language,
    KernelClients clients,
    AssistantMessages messages,
    ILogger<KernelAssistant> logger)
{
    private readonly Lock _gate = new();
    private readonly Channel<AssistantRequest> _waiting = Channel.CreateBounded<AssistantRequest>(options.MaxWaiting);
    private Task? _answering;
    private CancellationTokenSource? _current;

    /// <summary>Takes a message on shell if it is the assistant's, and answers it by and by; false if it is the kernel's.</summary>
    public bool TryTake(Kernel kernel, KernelClient client, HeaderFields header, JupyterMessage message)
    {
        if (!AssistantRequest.IsOne(header.MsgType) || !options.Enabled || client.Caller is not { } caller)
        {
            return false;
        }

        var request = new AssistantRequest(kernel, client, caller, System.Text.Encoding.UTF8.GetString(header.MsgType), message);
        if (_waiting.Writer.TryWrite(request))
        {
            lock (_gate)
            {
                // Most kernels never need one.
                _answering ??= Task.Run(() => AnswerAllAsync(kernel.ShutDown));
            }
        }
        else
        {
            Publish(messages.Status(request, KernelActivity.Busy));
            Finish(request, AssistantReply.Error("AssistantBusy", $"{options.MaxWaiting} requests are waiting for the assistant already."));
        }

        return true;
    }

    /// <summary>Stops the answer that is being given, as an interrupt stops a cell.</summary>
    public void Interrupt()
    {
        lock (_gate)
        {
            _ = _current?.CancelAsync();
        }
    }

    private async Task AnswerAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var request in _waiting.Reader.ReadAllAsync(cancellationToken))
            {
                await AnswerAsync(request, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The kernel is deleted, and its clients are gone.
        }
    }

    private async Task AnswerAsync(AssistantRequest request, CancellationToken cancellationToken)
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_gate)
        {
            _current = interrupt;
        }

        Publish(messages.Status(request, KernelActivity.Busy));
        AssistantReply reply;
        try
        {
            reply = await HandleAsync(request, interrupt.Token);
        }
        catch (JsonException exception)
        {
            reply = AssistantReply.Error("InvalidRequest", $"The content of this {request.Type} is not right: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            reply = AssistantReply.Error("KeyboardInterrupt", "The answer was interrupted.");
        }
#pragma warning disable CA1031 // A defect in one answer must not leave a client waiting, nor the requests behind it.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogFailed(logger, request.Type, exception);
            reply = AssistantReply.Error("AssistantError", "The assistant failed unexpectedly.");
        }
        finally
        {
            lock (_gate)
            {
                _current = null;
            }
        }

        Finish(request, reply);
    }

    private async Task<AssistantReply> HandleAsync(AssistantRequest request, CancellationToken cancellationToken)
    {
        switch (request.Type)
        {
            case "llm_request":
                return await turns.AnswerAsync(
                    request,
                    response => clients.Announce(
                        messages.Make(request, "llm_response", response, AssistantJson.Default.LlmResponse), isOutput: response.IsPiece),
                    cell => Publish(request, "code_cell", cell, AssistantJson.Default.CodeCell),
                    cancellationToken);
            case "context_setup_request":
                return await setup.SetUpAsync(
                    request,
                    preview => Publish(request, "dataset", preview, AssistantJson.Default.DatasetPreview),
                    response => Publish(request, "context_setup_response", response, AssistantJson.Default.ContextSetupResponse),
                    cancellationToken);
            case "context_info_request":
                var info = setup.Describe(request.Kernel);
                Publish(request, "context_info_response", info, AssistantJson.Default.ContextInfoResponse);
                return AssistantReply.Ok(JsonSerializer.SerializeToElement(info, AssistantJson.Default.ContextInfoResponse));
            default:
                var state = new KernelState(await questions.VariablesAsync(request.Kernel, language, cancellationToken));
                Publish(request, "kernel_state_info", state, AssistantJson.Default.KernelState);
                return AssistantReply.Ok(JsonSerializer.SerializeToElement(state, AssistantJson.Default.KernelState));
        }
    }

    private void Finish(AssistantRequest request, AssistantReply reply)
    {
        if (reply.Status == "error")
        {
            // For clients that do not look into replies.
            Publish(messages.Trouble(request, reply.Evalue!));
        }

        request.Client.Send(KernelChannel.Shell, messages.Reply(request, reply), isOutput: false);
        request.Client.Flush();
        Publish(messages.Status(request, KernelActivity.Idle));
    }

    private void Publish<T>(AssistantRequest request, string type, T content, JsonTypeInfo<T> shape) => Publish(messages.Make(request, type, content, shape));

    private void Publish(JupyterMessage message) => clients.Announce(message, isOutput: false);

    [LoggerMessage(Level = LogLevel.Error, Message = "The assistant failed to answer a {Type}")]
    private static partial void LogFailed(ILogger logger, string type, Exception exception);
}
