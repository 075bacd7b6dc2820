using System.Text.Json;

namespace Lyceum.NotebookAssistant;

/// <summary>Answers <c>llm_request</c>: each is a turn of one conversation with the tutor, which lasts as long as the kernel.</summary>
internal sealed class TutorTurns(
    string language, NotebookContext notebook, AssistantOptions options, TimeProvider time)
{
    private Guid? _conversation;

    /// <param name="request">The request.</param>
    /// <param name="respond">Publishes a piece of the answer, or all of it.</param>
    /// <param name="propose">Publishes a cell for the notebook.</param>
    /// <param name="cancellationToken">Stops the answer.</param>
    /// <returns>The reply, whose value is the answer.</returns>
    public async Task<AssistantReply> AnswerAsync(
        AssistantRequest request, Action<LlmResponse> respond, Action<CodeCell> propose, CancellationToken cancellationToken)
    {
        var (question, stream) = request.Read(AssistantJson.Default.LlmRequest);
        if (string.IsNullOrWhiteSpace(question))
        {
            return AssistantReply.Error("InvalidRequest", "'request' is missing or empty: write the question.");
        }

        using var limit = new CancellationTokenSource(options.AnswerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (await request.Tutor.RefusalAsync(notebook.Path, either.Token) is { } refusal)
            {
                return refusal;
            }

            var context = await notebook.ComposeAsync(request.Kernel, either.Token);
            var answer = await AskAsync(request, question, context, delta => ShowPiece(stream, respond, delta), either.Token);
            if (answer.Text is not { } text)
            {
                return AssistantReply.Error(answer.ErrorName, answer.ErrorDetail);
            }

            respond(LlmResponse.Whole(text));
            foreach (var code in CodeBlocks.In(text, language))
            {
                propose(new CodeCell(language, code));
            }

            return AssistantReply.Ok(JsonSerializer.SerializeToElement(text, TutorJson.Default.String));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return AssistantReply.Error("TutorTimeout", $"The tutor did not finish its answer within {options.AnswerTimeout}.");
        }
    }

    /// <summary>The next question begins a conversation; the last one stays in the tutor's panel.</summary>
    public void Reset() => _conversation = null;

    /// <summary>What was said so far, or why that cannot be told.</summary>
    public async Task<(ChatHistory? History, AssistantReply? Problem)> HistoryAsync(ITutor tutor, CancellationToken cancellationToken)
    {
        if (_conversation is not { } conversation)
        {
            return (new ChatHistory(null, []), null);
        }

        return await tutor.HistoryAsync(conversation, cancellationToken) is { } messages
            ? (new ChatHistory(conversation, [.. messages.Select(message => new ChatRecord(message.Sender ?? "", message.Content ?? "", message.Timestamp, message.InputTokens, message.OutputTokens))]), null)
            : (null, AssistantReply.Error("TutorUnavailable", "The tutor does not tell the conversation: try again in a moment."));
    }

    private static void ShowPiece(bool stream, Action<LlmResponse> respond, string delta)
    {
        if (stream)
        {
            respond(LlmResponse.PieceOf(delta));
        }
    }

    private async Task<TutorAnswer> AskAsync(
        AssistantRequest request, string question, QuestionContext context, Action<string> onDelta, CancellationToken cancellationToken)
    {
        var answer = await request.Tutor.AskAsync(_conversation, question, context, onDelta, cancellationToken);
        if (answer.NoSuchConversation && _conversation is not null)
        {
            // Its owner deleted it in the tutor's panel.
            _conversation = null;
            answer = await request.Tutor.AskAsync(null, question, context, onDelta, cancellationToken);
        }

        _conversation = answer.Conversation ?? _conversation;
        return answer;
    }
}
