using System.Runtime.CompilerServices;
using System.Text;
using Lyceum.ChatService.Ollama;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Tools;

/// <summary>
/// Lets a model call tools, step by step, until it answers, reaches a limit, or wants something that its user must approve first; the
/// stream then ends with a <see cref="ToolApprovalRequestContent"/>, and a later one with <see cref="ToolRun.Resumes"/> goes on.
/// Without a <see cref="ToolRun"/> in the options it is not there.
/// </summary>
internal sealed class ToolCallingClient(TracedChatClient inner, ToolCalls calls, ToolCallStore store, IOptions<ToolsOptions> bounds, TimeProvider time) : DelegatingChatClient(inner)
{
    private const string Enough = "You have used the tools as much as you may. Answer now with what you know, and say what you could not find out.";

    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var run = options.ToolRun();
        List<ChatMessage> asked = [.. messages];
        var (number, said) = (0, false);
        if (run is { Resumes: true })
        {
            foreach (var step in await store.StepsAsync(run.Answer, cancellationToken))
            {
                (number, said) = (step.Number, said || step.Text.Length > 0);
                asked.AddRange(Messages(await calls.RunAsync(run, step, cancellationToken)));
            }
        }

        var limits = new Limits(bounds.Value, time, run?.Tokens ?? 0);
        while (true)
        {
            var mayCall = run is not null && number < bounds.Value.MaxSteps && !limits.AreReached;
            var turn = new Turn(said);
            await foreach (var update in AskAsync(asked, options, run, mayCall, last: number > 0 && !mayCall, turn, cancellationToken))
            {
                limits.Count(update);
                yield return update;
            }

            said |= turn.Text.Length > 0;
            if (!mayCall || turn.Calls.Count == 0)
            {
                yield break;
            }

            var step = await calls.RecordAsync(run!, ++number, turn.Text.ToString(), turn.Calls, cancellationToken);
            step = await calls.RunAsync(run!, step, cancellationToken);
            if (step.Calls.FirstOrDefault(call => call.Status == CallStatus.Waiting) is { } waiting)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, [new ToolApprovalRequestContent(waiting.CallId.ToString(), Content(waiting))]);
                yield break;
            }

            asked.AddRange(Messages(step));
        }
    }

    private async IAsyncEnumerable<ChatResponseUpdate> AskAsync(
        List<ChatMessage> asked, ChatOptions? options, ToolRun? run, bool mayCall, bool last, Turn turn, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var how = run is not null && !mayCall ? options!.WithoutTools() : options;
        IEnumerable<ChatMessage> messages = last ? [.. asked, new(ChatRole.System, Enough)] : asked;
        var updates = base.GetStreamingResponseAsync(messages, how, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            bool more;
            try
            {
                more = await updates.MoveNextAsync();
            }
            catch (ModelException refused) when (mayCall && MayBeTheTools(refused))
            {
                // Not every model can call tools. It can still answer.
                await updates.DisposeAsync();
                updates = base.GetStreamingResponseAsync(messages, options!.WithoutTools(), cancellationToken).GetAsyncEnumerator(cancellationToken);
                more = await updates.MoveNextAsync();
            }

            for (; more; more = await updates.MoveNextAsync())
            {
                foreach (var update in turn.Take(updates.Current))
                {
                    yield return update;
                }
            }
        }
        finally
        {
            await updates.DisposeAsync();
        }
    }

    private static bool MayBeTheTools(ModelException failure) => failure is { Failure: ModelFailure.Refused, IsUnknownModel: false };

    private static IEnumerable<ChatMessage> Messages(ToolStep step)
    {
        yield return new ChatMessage(ChatRole.Assistant, [new TextContent(step.Text), .. step.Calls.Select(Content)]);
        foreach (var call in step.Calls)
        {
            yield return new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId.ToString(), call.Result + (call.ResultCut ? "\n[... the rest was left out ...]" : ""))])
            {
                AuthorName = call.Name,
            };
        }
    }

    private static FunctionCallContent Content(RecordedCall call) => new(
        call.CallId.ToString(), call.Name, call.Arguments.EnumerateObject().DistinctBy(argument => argument.Name).ToDictionary(argument => argument.Name, argument => (object?)argument.Value));

    /// <summary>What a model says and asks for in one step.</summary>
    private sealed class Turn(bool follows)
    {
        public StringBuilder Text { get; } = new();

        public List<FunctionCallContent> Calls { get; } = [];

        /// <summary>Takes the calls out of what came; what is left is for the reader, apart from what the step before said.</summary>
        public IEnumerable<ChatResponseUpdate> Take(ChatResponseUpdate update)
        {
            Calls.AddRange(update.Contents.OfType<FunctionCallContent>());
            if (follows && Text.Length == 0 && update.Text.Length > 0)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, "\n\n");
            }

            Text.Append(update.Text.Replace("\0", "", StringComparison.Ordinal));
            yield return update;
        }
    }

    private sealed class Limits(ToolsOptions options, TimeProvider time, long tokens)
    {
        private readonly long _started = time.GetTimestamp();
        private long _tokens = tokens;

        public bool AreReached => _tokens >= options.MaxTokens || time.GetElapsedTime(_started) >= options.MaxTime;

        public void Count(ChatResponseUpdate update)
        {
            foreach (var usage in update.Contents.OfType<UsageContent>())
            {
                _tokens += usage.Details.TotalTokenCount ?? (usage.Details.InputTokenCount ?? 0) + (usage.Details.OutputTokenCount ?? 0);
            }
        }
    }
}
