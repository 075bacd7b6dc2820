using System.Text.Json;
using System.Threading.Channels;

namespace Lyceum.NotebookAssistant;

/// <summary>
/// Answers the assistant's messages on the channels of one kernel, one after the other, beside the kernel and not in it:
/// a kernel that is busy does not keep the tutor from answering.
/// </summary>
internal sealed class KernelAssistant(
    AssistantOptions options, AssistantAnswers answers, AgentTools tools, AssistantPublisher publisher, Action<string, Exception> failed)
{
    private readonly Lock _gate = new();
    private readonly Channel<AssistantRequest> _waiting = Channel.CreateBounded<AssistantRequest>(options.MaxWaiting);
    private Task? _answering;
    private CancellationTokenSource? _current;
    private AssistantRequest? _question;

    /// <summary>What the tutor may do in the kernel while it answers a question.</summary>
    public AgentTools Tools => tools;

    /// <summary>The question that is being answered; null when there is none.</summary>
    public AssistantRequest? Question
    {
        get
        {
            lock (_gate)
            {
                return _question;
            }
        }
    }

    /// <summary>Answers a request by and by.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ended">Ends with the kernel, and with it all answers.</param>
    public void Take(AssistantRequest request, CancellationToken ended)
    {
        if (_waiting.Writer.TryWrite(request))
        {
            lock (_gate)
            {
                // Most kernels never need one.
                _answering ??= Task.Run(() => AnswerAllAsync(ended), CancellationToken.None);
            }
        }
        else
        {
            publisher.Status(request, AssistantPublisher.Busy);
            publisher.Finish(request, AssistantReply.Error("AssistantBusy", $"{options.MaxWaiting} requests are waiting for the assistant already."));
        }
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
            _question = request.Type == "llm_request" ? request : null;
        }

        publisher.Status(request, AssistantPublisher.Busy);
        AssistantReply reply;
        try
        {
            reply = await answers.AnswerAsync(request, interrupt.Token);
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
            failed(request.Type, exception);
            reply = AssistantReply.Error("AssistantError", "The assistant failed unexpectedly.");
        }
        finally
        {
            lock (_gate)
            {
                _current = null;
                _question = null;
            }
        }

        publisher.Finish(request, reply);
    }
}
