using System.Buffers;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>
/// Passes on an answer that is one JSON object. It is held back until it is whole, so that a node which fails does no harm;
/// beyond <see cref="Held"/> bytes it is passed on as it comes, and cut where the node fails, so that its length tells the client.
/// </summary>
internal static class AnswerRelay
{
    private const int Held = 256 * 1024;

    public static async Task<(NodeFailure Failure, TokenFigures Figures)> RunAsync(ModelRun run, NodeAttempt attempt, WaitLimit wait)
    {
        var (context, source) = (run.Context, attempt.Source!);
        var response = context.Response;
        var isStarted = response.HasStarted;
        try
        {
            var result = await source.ReadAtLeastAsync(Held, wait.Token);
            var figures = result.IsCompleted ? TokenFigures.Read(result.Buffer.ToArray()) : default;
            if (isStarted)
            {
                // The client was told to wait for a stream.
                await run.Answer.WriteObjectAsync(result.Buffer.ToArray());
                return (result.IsCompleted ? NodeFailure.None : NodeFailure.Broken, figures);
            }

            response.ContentType = attempt.ContentType?.ToString();
            response.ContentLength = result.IsCompleted ? result.Buffer.Length : attempt.ContentLength;
            while (true)
            {
                foreach (var segment in result.Buffer)
                {
                    response.BodyWriter.Write(segment.Span);
                }

                source.AdvanceTo(result.Buffer.End);
                wait.Pause();
                await response.BodyWriter.FlushAsync(context.RequestAborted);
                if (result.IsCompleted)
                {
                    return (NodeFailure.None, figures);
                }

                wait.Restart();
                result = await source.ReadAsync(wait.Token);
            }
        }
        catch (Exception failure) when (wait.Explains(failure) is not NodeFailure.None)
        {
            if (!isStarted && response.HasStarted)
            {
                context.Abort();
                throw new OperationCanceledException("The node broke off an answer that has no way to say so.", failure);
            }

            return (wait.Explains(failure), default);
        }
    }
}
