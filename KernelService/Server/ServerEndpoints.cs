using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lyceum.KernelService.Errors;
using Lyceum.KernelService.Kernels;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.KernelService.Server;

/// <summary>What JupyterLab asks a server about itself and about its user.</summary>
internal static class ServerEndpoints
{
    /// <summary>The version of jupyter_server whose REST API this follows.</summary>
    private const string ApiVersion = "2.14.0";

    private static readonly string[] Resources = ["contents", "kernels", "kernelspecs", "sessions"];

    public static void MapServer(this IEndpointRouteBuilder routes)
    {
        var started = Time(routes.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow());
        routes.MapGet("/api", () => TypedResults.Json(new ServerVersion(ApiVersion), ServerJson.Default.ServerVersion));
        routes.MapGet("/api/status", (ClaimsPrincipal user, KernelPool pool) => Status(user, pool, started));
        routes.MapGet("/api/me", GetMe);
        routes.Map("/api/terminals/{**rest}", () => JupyterError.NotFound("This server has no terminals: run commands in a notebook, with its kernel's rights."));
    }

    private static JsonHttpResult<ServerStatus> Status(ClaimsPrincipal user, KernelPool pool, string started)
    {
        Kernel[] kernels = [.. pool.Of(user.Caller())];
        var last = kernels.Length > 0 ? Time(kernels.Max(kernel => kernel.Activity.LastActivity)) : started;
        return TypedResults.Json(new ServerStatus(kernels.Sum(kernel => kernel.Clients.Connected), kernels.Length, last, started), ServerJson.Default.ServerStatus);
    }

    /// <summary>Everything here is the caller's own, so whatever exists is permitted.</summary>
    private static IResult GetMe(ClaimsPrincipal user, string? permissions)
    {
        Dictionary<string, IReadOnlyList<string>>? asked;
        try
        {
            asked = permissions is null ? [] : JsonSerializer.Deserialize(permissions, PermissionJson.Default.DictionaryStringIReadOnlyListString);
        }
        catch (JsonException exception)
        {
            return JupyterError.BadRequest($"permissions must be an object of lists of actions by resource: {exception.Message}");
        }

        var granted = (asked ?? []).ToDictionary(
            resource => resource.Key,
            resource => Resources.Contains(resource.Key, StringComparer.Ordinal) ? resource.Value : [],
            StringComparer.Ordinal);
        var caller = user.Caller();
        var initials = string.Concat(caller.Name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2).Select(word => char.ToUpperInvariant(word[0])));
        return TypedResults.Json(new Me(new MyIdentity(caller.Subject, caller.Name, caller.Name, initials, null, null), granted), ServerJson.Default.Me);
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}

[JsonSerializable(typeof(Dictionary<string, IReadOnlyList<string>>))]
internal sealed partial class PermissionJson : JsonSerializerContext;
