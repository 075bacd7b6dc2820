using System.Text.Json.Serialization;

namespace Lyceum.ModelHost.Nodes;

/// <summary>The answer of <c>GET /nodes</c>.</summary>
/// <param name="Nodes">The nodes of this ModelHost, in the order of the configuration.</param>
public sealed record NodeList(IReadOnlyList<NodeStatus> Nodes);

/// <summary>A node and what it does at the moment.</summary>
/// <param name="Name">Host and port; the name to use in paths and in <c>X-Lyceum-Node</c>.</param>
/// <param name="Url">Where it is.</param>
/// <param name="Kind"><c>ollama</c> or <c>openai</c>.</param>
/// <param name="State"><c>ready</c>; <c>draining</c>, which gets nothing new; <c>failing</c>, whose breaker is open; <c>away</c>, which did not answer.</param>
/// <param name="Drain">Whether it is to get nothing new.</param>
/// <param name="Discovered">Whether DNS named it.</param>
/// <param name="Parallel">Requests that it gets at once.</param>
/// <param name="Weight">Work that it gets in proportion to others.</param>
/// <param name="Running">Requests under way from this ModelHost; a draining node may be taken away at 0.</param>
/// <param name="OutstandingTokens">Their tokens, by estimate.</param>
/// <param name="Loading">The model that is being loaded for a request; null when none is.</param>
/// <param name="Loaded">The models that are loaded.</param>
/// <param name="Models">The models that it offers.</param>
/// <param name="Version">The version of Ollama's API; null for another kind, or where it never answered.</param>
public sealed record NodeStatus(
    string Name,
    Uri Url,
    string Kind,
    string State,
    bool Drain,
    bool Discovered,
    int Parallel,
    double Weight,
    int Running,
    long OutstandingTokens,
    string? Loading,
    IReadOnlyList<string> Loaded,
    IReadOnlyList<string> Models,
    string? Version);

/// <summary>The body of <c>PATCH /nodes/{name}</c>.</summary>
/// <param name="Drain">Whether the node is to get nothing new; required.</param>
public sealed record NodeChange(bool? Drain);

[JsonSerializable(typeof(NodeList))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(NodeChange))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class NodeJson : JsonSerializerContext;
