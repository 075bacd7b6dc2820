using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.ChatService.Plugins;

/// <summary>A manifest in the list of <c>GET /tutor/courses/{course}/manifests</c>.</summary>
/// <param name="Kind"><c>Plugin</c>, <c>SqlPlugin</c>, <c>ApiPlugin</c>, <c>SqlConnection</c> or <c>ApiConnection</c>.</param>
/// <param name="Name">Its name, unique among its kind in the course.</param>
/// <param name="Description">What it is.</param>
/// <param name="Tool">Of a plugin, what policies call it; null for a connection.</param>
/// <param name="AppliedAt">When it was last applied, UTC.</param>
public sealed record ManifestEntry(string Kind, string Name, string Description, string? Tool, DateTimeOffset AppliedAt);

/// <summary>The answer of <c>GET /tutor/courses/{course}/manifests</c>.</summary>
/// <param name="Manifests">By kind and name.</param>
public sealed record ManifestList(IReadOnlyList<ManifestEntry> Manifests);

/// <summary>The answer of <c>POST /tutor/courses/{course}/manifests</c> and of <c>GET .../manifests/{kind}/{name}</c>.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The name.</param>
/// <param name="Manifest">All of it; where a secret is, stands <c>********</c>.</param>
/// <param name="AppliedAt">When it was last applied, UTC.</param>
public sealed record DescribedManifest(string Kind, string Name, JsonElement Manifest, DateTimeOffset AppliedAt);

[JsonSerializable(typeof(ManifestList))]
[JsonSerializable(typeof(DescribedManifest))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ManifestContractsJson : JsonSerializerContext;
