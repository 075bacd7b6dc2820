using System.Text.Json;

namespace Lyceum.ModelHost.Nodes;

/// <summary>What a node tells of itself when asked.</summary>
/// <param name="Failure">Why it is of no use; null when it is.</param>
/// <param name="Models">The models that it offers.</param>
/// <param name="Loaded">Those that are loaded; null when it did not say.</param>
/// <param name="Version">The version of Ollama's API; null where it speaks another one.</param>
internal sealed record NodeNews(string? Failure, IReadOnlyList<NodeModel> Models, IReadOnlyCollection<string>? Loaded, string? Version)
{
    public static NodeNews Away(string reason) => new(reason, [], null, null);
}

/// <summary>Asks a node for its health and models.</summary>
internal static class NodeProbe
{
    public static Task<NodeNews> AskAsync(NodeClient client, ModelNode node, CancellationToken cancellationToken) =>
        node.Kind is NodeKind.OpenAi ? AskOpenAiAsync(client, node, cancellationToken) : AskOllamaAsync(client, node, cancellationToken);

    private static async Task<NodeNews> AskOllamaAsync(NodeClient client, ModelNode node, CancellationToken cancellationToken)
    {
        if (await client.TryGetAsync(node, "/api/version", cancellationToken) is not { } about)
        {
            return NodeNews.Away("no answer to /api/version");
        }

        if (await client.TryGetAsync(node, "/api/tags", cancellationToken) is not { } tags || NodeModel.ReadList(tags) is not { } models)
        {
            return NodeNews.Away("no list of models from /api/tags");
        }

        var loaded = await client.TryGetAsync(node, "/api/ps", cancellationToken) is { } running ? NodeModel.ReadList(running)?.Select(model => model.Name).ToArray() : null;
        return new NodeNews(null, Offered(node, models), loaded, Version(about));
    }

    private static async Task<NodeNews> AskOpenAiAsync(NodeClient client, ModelNode node, CancellationToken cancellationToken)
    {
        if (await client.TryGetAsync(node, "/v1/models", cancellationToken) is not { } answer || OpenAiListing.ReadList(answer) is not { } models)
        {
            return NodeNews.Away("no list of models from /v1/models: check its URL and key");
        }

        var offered = Offered(node, models);
        return new NodeNews(null, offered, [.. offered.Select(model => model.Name)], null);
    }

    /// <summary>Of what the node lists, what is to be offered, under the names that are wanted.</summary>
    private static IReadOnlyList<NodeModel> Offered(ModelNode node, IReadOnlyList<NodeModel> listed) => node.Settings.Models.Count == 0
        ? listed
        : [.. node.Settings.Models.Select(wanted => Offered(wanted.Split('=', 2, StringSplitOptions.TrimEntries), listed)).OfType<NodeModel>()];

    private static NodeModel? Offered(string[] wanted, IReadOnlyList<NodeModel> listed)
    {
        var found = listed.FirstOrDefault(model => model.Id == wanted[^1]) ?? listed.FirstOrDefault(model => ModelName.Same(model.Name, wanted[^1]));
        return found is not null && wanted.Length > 1 ? OpenAiListing.Named(found, wanted[0]) : found;
    }

    private static string? Version(JsonElement about) =>
        about.ValueKind == JsonValueKind.Object && about.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.String
            ? version.GetString()
            : null;
}
