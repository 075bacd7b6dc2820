using System.Buffers;
using System.IO.Pipelines;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>
/// Passes on an answer that is one JSON object. It is held back until it is whole, so that a node which fails does no harm;
/// beyond <see cref="Held"/> bytes it is passed on as it comes, and cut where the node fails, so that its length tells the client.
/// </summary>
internal static class AnswerRelay
{
    private const int Held = 256 * 1024;

    public static async Task<(NodeFailure Failure, TokenFigures Figures)> RunAsync(HttpContext context, HttpResponseMessage answer, PipeReader source, WaitLimit wait)
    {
        try
        {
            var result = await source.ReadAtLeastAsync(Held, wait.Token);
            var response = context.Response;
            response.ContentLength = result.IsCompleted ? result.Buffer.Length : answer.Content.Headers.ContentLength;
            var figures = result.IsCompleted ? TokenFigures.Read(result.Buffer.ToArray()) : default;
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
            if (context.Response.HasStarted)
            {
                context.Abort();
            }

            return (wait.Explains(failure), default);
        }
    }
}
