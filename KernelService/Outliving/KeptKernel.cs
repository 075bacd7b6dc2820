using System.Text.Json.Serialization;
using Lyceum.KernelService.Kernels;
using Lyceum.KernelService.Sessions;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.KernelService.Outliving;

/// <summary>What the service's next process has to know of a kernel.</summary>
/// <param name="Launch">How it was started and is started again.</param>
/// <param name="Owner">Whose it is; null while it is warm and nobody's.</param>
/// <param name="Process">Its process.</param>
/// <param name="Notebook">The notebook that it was started for.</param>
internal sealed record KeptKernel(KernelLaunch Launch, CallerIdentity? Owner, ProcessIdentity Process, string? Notebook);

[JsonSerializable(typeof(KeptKernel))]
[JsonSerializable(typeof(Session))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class KeptJson : JsonSerializerContext;
