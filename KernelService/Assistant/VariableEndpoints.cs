using System.Security.Claims;
using System.Text.Json.Serialization;
using Lyceum.KernelService.Kernels;
using Lyceum.NotebookAssistant;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Assistant;

/// <summary>The variables of a kernel, for its user and who acts in the user's name.</summary>
internal static class VariableEndpoints
{
    public static void MapVariables(this IEndpointRouteBuilder routes) => routes.MapGet("/api/kernels/{id}/variables", GetAsync);

    /// <summary>None of a kernel that is busy, or whose language has no way to tell them.</summary>
    private static async Task<IResult> GetAsync(string id, ClaimsPrincipal user, KernelPool pool, IOptions<AssistantOptions> options, TimeProvider time, CancellationToken cancellationToken) =>
        pool.Find(id, user.Caller()) is { } kernel
            ? TypedResults.Json(
                new VariableList(await new KernelQuestions(options.Value, time).VariablesAsync(kernel, kernel.Language, cancellationToken)), VariableJson.Default.VariableList)
            : KernelEndpoints.Unknown(id);
}

/// <summary>The answer of <c>GET /api/kernels/{id}/variables</c>.</summary>
/// <param name="Variables">The latest last.</param>
internal sealed record VariableList(IReadOnlyList<KernelVariable> Variables);

[JsonSerializable(typeof(VariableList))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class VariableJson : JsonSerializerContext;
