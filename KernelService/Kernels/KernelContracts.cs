using System.Text.Json.Serialization;

namespace Lyceum.KernelService.Kernels;

/// <summary>A running kernel (jupyter_server's REST API, model <c>Kernel</c>).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its kernelspec.</param>
/// <param name="LastActivity">When it last did something for a user: ISO 8601 with six fractional digits and <c>Z</c>, which older clients insist on.</param>
/// <param name="ExecutionState"><c>starting</c>, <c>idle</c>, <c>busy</c>, <c>restarting</c> or <c>dead</c>.</param>
/// <param name="Connections">How many clients are connected.</param>
public sealed record KernelModel(string Id, string Name, string LastActivity, string ExecutionState, int Connections);

/// <summary>What a client asks for when it starts a kernel; every field may be left out.</summary>
public sealed record KernelStart
{
    /// <summary>The kernelspec; the default one if left out.</summary>
    public string? Name { get; init; }

    /// <summary>A notebook's or a folder's path in the workspace; the folder, or the nearest one above that is there, becomes the working directory.</summary>
    public string? Path { get; init; }

    /// <summary>Environment variables; <c>KERNEL_*</c> and those that the configuration allows are taken.</summary>
    public IReadOnlyDictionary<string, string?>? Env { get; init; }
}

[JsonSerializable(typeof(KernelModel))]
[JsonSerializable(typeof(IReadOnlyList<KernelModel>))]
[JsonSerializable(typeof(KernelStart))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class KernelJson : JsonSerializerContext;
