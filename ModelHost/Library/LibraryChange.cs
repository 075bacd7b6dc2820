using System.Net;
using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Forwarding;
using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Library;

/// <summary>Copies or deletes a model on several nodes. A node that does not have the model is none of those meant.</summary>
internal sealed class LibraryChange(LibraryNodes nodes, NodeFleet fleet, NodeClient client)
{
    public async Task RunAsync(HttpContext context, HttpMethod method, string path)
    {
        var chosen = nodes.Chosen(context.Request);
        var body = await ModelRequest.ReadBodyAsync(context);
        var answers = await Task.WhenAll(chosen.Select(node => AskAsync(node, method, path, body, context.RequestAborted)));
        await fleet.RefreshAsync(away: false, force: true, context.RequestAborted);

        // What failed for good matters more than where the model was not.
        var worst = answers.FirstOrDefault(answer => answer.Status is not (HttpStatusCode.OK or HttpStatusCode.NotFound))
            ?? (answers.Any(answer => answer.Status == HttpStatusCode.OK) ? null : answers[0]);
        if (worst is not null)
        {
            await context.WriteErrorAsync((int)worst.Status, chosen.Count == 1 || worst.Status == HttpStatusCode.NotFound ? worst.Error : $"{worst.Node.Name}: {worst.Error}");
        }
    }

    private async Task<Answer> AskAsync(ModelNode node, HttpMethod method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var request = node.Request(method, path, new SplicedContent(body, default, default));
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            return new Answer(node, response.StatusCode, response.IsSuccessStatusCode ? "" : await NodeError.ReadAsync(response, cancellationToken));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new Answer(node, HttpStatusCode.BadGateway, NodeFailure.Unreachable.Message());
        }
    }

    private sealed record Answer(ModelNode Node, HttpStatusCode Status, string Error);
}
