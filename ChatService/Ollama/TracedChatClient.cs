using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Lyceum.ChatService.Ollama;

/// <summary>Records each call to a model as OpenTelemetry's GenAI conventions say; never what was said in it.</summary>
internal sealed class TracedChatClient(IChatClient inner, ChatMetrics metrics, TimeProvider time) : DelegatingChatClient(inner)
{
    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var activity = ChatDiagnostics.Source.StartActivity($"chat {options?.ModelId}", ActivityKind.Client);
        Describe(activity, options);
        var started = time.GetTimestamp();
        var begun = false;
        await using var updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveAsync(updates, activity))
        {
            var update = updates.Current;
            if (!begun && update.Text.Length > 0)
            {
                begun = true;
                metrics.FirstToken(options?.ModelId, time.GetElapsedTime(started));
            }

            Describe(activity, update);
            yield return update;
        }

        metrics.Answered(options?.ModelId, time.GetElapsedTime(started));
    }

    private static async ValueTask<bool> MoveAsync(IAsyncEnumerator<ChatResponseUpdate> updates, Activity? activity)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (Exception failure)
        {
            var type = failure is ModelException model ? model.Failure.ToString() : failure.GetType().FullName;
            activity?.SetTag("error.type", type).SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }

    private void Describe(Activity? activity, ChatOptions? options)
    {
        if (activity is not { IsAllDataRequested: true })
        {
            return;
        }

        var provider = this.GetService<ChatClientMetadata>();
        activity.SetTag("gen_ai.operation.name", "chat")
            .SetTag("gen_ai.provider.name", provider?.ProviderName)
            .SetTag("server.address", provider?.ProviderUri?.Host)
            .SetTag("gen_ai.request.model", options?.ModelId)
            .SetTag("gen_ai.request.temperature", options?.Temperature)
            .SetTag("gen_ai.request.max_tokens", options?.MaxOutputTokens);
    }

    private void Describe(Activity? activity, ChatResponseUpdate update)
    {
        if (update.ModelId is { } model)
        {
            activity?.SetTag("gen_ai.response.model", model);
        }

        if (update.FinishReason is { } reason)
        {
            activity?.SetTag("gen_ai.response.finish_reasons", new[] { reason.Value });
        }

        if (update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details is { } usage)
        {
            activity?.SetTag("gen_ai.usage.input_tokens", usage.InputTokenCount).SetTag("gen_ai.usage.output_tokens", usage.OutputTokenCount);
            metrics.Tokens(update.ModelId, usage.InputTokenCount, usage.OutputTokenCount);
        }
    }
}
