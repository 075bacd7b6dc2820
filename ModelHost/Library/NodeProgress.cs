using Lyceum.ModelHost.Forwarding;
using Lyceum.ModelHost.Nodes;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Library;

/// <summary>Follows what takes a node long, line by line.</summary>
internal sealed class NodeProgress(NodeClient client, IOptions<NodesOptions> options, TimeProvider time)
{
    private const int MaxLine = 1024 * 1024;
    private readonly TimeSpan _idle = options.Value.Limits.FirstByte;

    /// <summary>Asks the node, tells each line, and answers why it did not succeed; null when it did.</summary>
    public async Task<string?> FollowAsync(ModelNode node, string path, ReadOnlyMemory<byte> body, Func<ProgressLine, ValueTask> said, CancellationToken cancellationToken)
    {
        using var wait = new WaitLimit(_idle, _idle, time, cancellationToken);
        try
        {
            using var request = node.Request(HttpMethod.Post, path, new SplicedContent(body, default, default));
            using var response = await client.SendAsync(request, wait.Token);
            if (!response.IsSuccessStatusCode)
            {
                return await NodeError.ReadAsync(response, wait.Token);
            }

            var error = $"{node.Name}: {NodeFailure.Broken.Message()}";
            using var lines = new LineReader(await response.Content.ReadAsStreamAsync(wait.Token), MaxLine);
            while (await lines.NextAsync(wait.Token) is { } bytes)
            {
                wait.Restart();
                var line = ProgressLine.Read(bytes.Span);
                if (line?.Error is { } refused)
                {
                    return refused;
                }

                if (line?.Status == ProgressLine.Success.Status)
                {
                    error = null;
                }
                else if (line is not null)
                {
                    await said(line);
                }
            }

            return error;
        }
        catch (Exception failure) when (wait.Explains(failure) is not NodeFailure.None)
        {
            return $"{node.Name}: {wait.Explains(failure).Message()}";
        }
    }
}
