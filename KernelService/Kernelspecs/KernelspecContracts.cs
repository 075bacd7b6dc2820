using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.KernelService.Kernelspecs;

/// <summary>A <c>kernel.json</c> (jupyter_client, "Making kernels for Jupyter", kernel specs). What it leaves out has its default.</summary>
public sealed record KernelspecFile
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    /// <summary>The command that starts the kernel; <c>{connection_file}</c> and <c>{resource_dir}</c> are filled in.</summary>
    public IReadOnlyList<string> Argv { get; init => field = value ?? []; } = [];

    /// <summary>The name to show.</summary>
    public string DisplayName { get; init => field = value ?? ""; } = "";

    /// <summary>The programming language.</summary>
    public string Language { get; init => field = value ?? ""; } = "";

    /// <summary><c>signal</c> or <c>message</c>.</summary>
    public string InterruptMode { get; init => field = value ?? "signal"; } = "signal";

    /// <summary>Variables for the kernel's environment; <c>${NAME}</c> refers to the service's allowed ones.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init => field = value ?? Nothing; } = Nothing;

    /// <summary>Whatever clients make of it.</summary>
    public JsonElement? Metadata { get; init; }
}

/// <summary>A kernelspec as the REST API lists it.</summary>
/// <param name="Name">The name that starts such a kernel.</param>
/// <param name="Spec">Its <c>kernel.json</c>.</param>
/// <param name="Resources">Paths of its logos and scripts by their names.</param>
public sealed record KernelspecModel(string Name, KernelspecFile Spec, IReadOnlyDictionary<string, string> Resources);

/// <summary>All kernelspecs.</summary>
/// <param name="Default">The name of the one to start when none is named.</param>
/// <param name="Kernelspecs">The specs by name.</param>
public sealed record KernelspecsModel(string Default, IReadOnlyDictionary<string, KernelspecModel> Kernelspecs);

[JsonSerializable(typeof(KernelspecFile))]
[JsonSerializable(typeof(KernelspecModel))]
[JsonSerializable(typeof(KernelspecsModel))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
internal sealed partial class KernelspecJson : JsonSerializerContext;
