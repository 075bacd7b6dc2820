using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.CSharpKernel.Packages;

// The fields that are read here of NuGet's project.assets.json.

internal sealed record AssetsFile(
    Dictionary<string, Dictionary<string, AssetsPackage>> Targets,
    Dictionary<string, AssetsLibrary> Libraries,
    Dictionary<string, JsonElement> PackageFolders);

internal sealed record AssetsPackage(
    Dictionary<string, JsonElement>? Compile = null, Dictionary<string, JsonElement>? Runtime = null, Dictionary<string, JsonElement>? Native = null);

internal sealed record AssetsLibrary(string? Path = null);

[JsonSerializable(typeof(AssetsFile))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
internal sealed partial class AssetsJson : JsonSerializerContext;
