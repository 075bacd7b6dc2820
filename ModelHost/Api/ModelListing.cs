using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lyceum.ModelHost.Hints;
using Lyceum.ModelHost.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ModelHost.Api;

/// <summary>The answer of <c>/api/version</c>.</summary>
public sealed record VersionAnswer(string Version);

/// <summary>The answer of <c>/api/tags</c> and <c>/api/ps</c>: entries as the nodes gave them.</summary>
public sealed record ModelsAnswer(IReadOnlyList<JsonElement> Models);

/// <summary>The answer of <c>/v1/models</c>.</summary>
/// <param name="Kind">Always <c>list</c>.</param>
/// <param name="Data">The models.</param>
public sealed record OpenAiModels([property: JsonPropertyName("object")] string Kind, IReadOnlyList<OpenAiModel> Data);

/// <summary>A model as OpenAI lists it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Kind">Always <c>model</c>.</param>
/// <param name="Created">When it was last changed, in seconds since 1970.</param>
/// <param name="OwnedBy"><c>library</c>, as Ollama says, or <c>lyceum</c> for the built-in model.</param>
public sealed record OpenAiModel(string Id, [property: JsonPropertyName("object")] string Kind, long Created, string OwnedBy);

[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(ModelsAnswer))]
[JsonSerializable(typeof(OpenAiModels))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ListingJson : JsonSerializerContext;

/// <summary>What there is, over all nodes together.</summary>
internal static class ModelListing
{
    private static readonly string OwnVersion = typeof(ModelListing).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
    private static readonly JsonElement BuiltIn = JsonSerializer.SerializeToElement(HintModel.Entry, HintModelJson.Default.HintModelEntry);

    /// <summary>A node's version where there is one: clients tell by it what the API can do.</summary>
    public static async Task<JsonHttpResult<VersionAnswer>> VersionAsync(NodeFleet fleet, CancellationToken cancellationToken)
    {
        await RefreshAsync(fleet, cancellationToken);
        var version = fleet.Nodes.Where(node => node.Healthy).Select(node => node.Version).FirstOrDefault(version => version is not null);
        return TypedResults.Json(new VersionAnswer(version ?? OwnVersion), ListingJson.Default.VersionAnswer);
    }

    public static async Task<JsonHttpResult<ModelsAnswer>> TagsAsync(NodeFleet fleet, ModelResolver resolver, CancellationToken cancellationToken)
    {
        await RefreshAsync(fleet, cancellationToken);
        var models = fleet.Models.Select(model => model.Entry);
        return TypedResults.Json(new ModelsAnswer([.. models, .. resolver.BuiltInServes ? [BuiltIn] : Array.Empty<JsonElement>()]), ListingJson.Default.ModelsAnswer);
    }

    public static async Task<JsonHttpResult<ModelsAnswer>> RunningAsync(NodeFleet fleet, NodeClient client, CancellationToken cancellationToken)
    {
        await RefreshAsync(fleet, cancellationToken);
        var running = await Task.WhenAll(fleet.Nodes.Where(node => node.Healthy).Select(node => RunningAsync(node, client, cancellationToken)));
        return TypedResults.Json(new ModelsAnswer([.. running.SelectMany(entries => entries)]), ListingJson.Default.ModelsAnswer);
    }

    private static async Task<IEnumerable<JsonElement>> RunningAsync(ModelNode node, NodeClient client, CancellationToken cancellationToken)
    {
        if (node.Kind is NodeKind.OpenAi)
        {
            return (node.Models ?? []).Select(OpenAiListing.Running);
        }

        return await client.TryGetAsync(node, "/api/ps", cancellationToken) is { } answer ? (NodeModel.ReadList(answer) ?? []).Select(model => model.Entry) : [];
    }

    public static async Task<JsonHttpResult<OpenAiModels>> OpenAiModelsAsync(NodeFleet fleet, ModelResolver resolver, CancellationToken cancellationToken)
    {
        await RefreshAsync(fleet, cancellationToken);
        var models = fleet.Models.Select(model => Listed(model.PublicId, model.ModifiedAt, "library"));
        return TypedResults.Json(
            new OpenAiModels("list", [.. models, .. resolver.BuiltInServes ? [Listed(HintModel.Name, HintModel.ModifiedAt, "lyceum")] : Array.Empty<OpenAiModel>()]),
            ListingJson.Default.OpenAiModels);
    }

    public static async Task OpenAiModelAsync(string model, HttpContext context, NodeFleet fleet, ModelResolver resolver)
    {
        var placement = await resolver.PlaceAsync(model, context.RequestAborted);
        var found = placement switch
        {
            Placement.BuiltIn => Listed(model, HintModel.ModifiedAt, "lyceum"),
            Placement.OnNodes on => Listed(model, fleet.Models.FirstOrDefault(known => ModelName.Same(known.Name, on.Model))?.ModifiedAt ?? DateTimeOffset.UnixEpoch, "library"),
            _ => null,
        };
        await (placement switch
        {
            Placement.NotFound nowhere => context.WriteErrorAsync(StatusCodes.Status404NotFound, nowhere.Message),
            Placement.Away away => context.WriteErrorAsync(StatusCodes.Status503ServiceUnavailable, away.Message),
            _ => context.Response.WriteAsJsonAsync(found!, ListingJson.Default.OpenAiModel, cancellationToken: context.RequestAborted),
        });
    }

    private static Task RefreshAsync(NodeFleet fleet, CancellationToken cancellationToken) =>
        !fleet.IsConfigured ? Task.CompletedTask : fleet.RefreshAsync(away: false, cancellationToken);

    private static OpenAiModel Listed(string id, DateTimeOffset modifiedAt, string owner) => new(id, "model", modifiedAt.ToUnixTimeSeconds(), owner);
}
