using System.Security.Claims;
using System.Text.Json;
using Lyceum.ChatService.Structured;
using Lyceum.ChatService.Tools;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Plugins;

/// <summary>Instructors apply, list, describe and delete the plugins and connections of their course.</summary>
internal static class ManifestEndpoints
{
    public static void AddPlugins(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<PluginsOptions>().BindConfiguration("Plugins").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ManifestContractsJson.Default));
        builder.Services.AddSingleton<ManifestStore>();
        builder.Services.AddSingleton<ManifestSecrets>();
        builder.Services.AddSingleton<ManifestChecks>();
        builder.Services.AddSingleton<SqlQueries>();
        builder.Services.AddSingleton<IToolSource, PluginTools>();
    }

    public static void MapPlugins(this IEndpointRouteBuilder routes)
    {
        var limits = routes.ServiceProvider.GetRequiredService<IOptions<PluginsOptions>>().Value;
        var manifests = routes.MapCourse("/tutor").MapGroup("/manifests").WithMetadata(new RequestSizeLimitAttribute(limits.MaxManifestBytes));
        manifests.MapPost("/", ApplyAsync);
        manifests.MapGet("/", ListAsync);
        manifests.MapGet("/{kind}/{name}", DescribeAsync);
        manifests.MapDelete("/{kind}/{name}", DeleteAsync);
    }

    private static async Task<Results<Ok<DescribedManifest>, ProblemHttpResult>> ApplyAsync(
        string course, HttpRequest request, ManifestStore store, ManifestSecrets secrets, ManifestChecks checks, IOptions<PluginsOptions> options, TimeProvider time,
        ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body);
        var text = await reader.ReadToEndAsync(cancellationToken);
        if (Manifest.TryRead(text, time, out var fault) is not { } manifest)
        {
            return FieldProblem.Of(fault.Field, fault.Complaint);
        }

        var former = await store.FindAsync(course, manifest.Kind, manifest.Name, cancellationToken);
        if (ManifestSecrets.Keep(manifest, former is null ? null : secrets.PutBack(course, former.Manifest, former.Secrets)) is { } hidden)
        {
            return FieldProblem.Of(hidden, "It is hidden, and there is no former value for this address to keep: write the secret itself.");
        }

        if (checks.Check(manifest) is { } complaint)
        {
            return complaint;
        }

        var all = await store.ListAsync(course, cancellationToken);
        if (ManifestKind.Plugins.Contains(manifest.Kind)
            && all.FirstOrDefault(one => one.Manifest.Name == manifest.Name && one.Manifest.Kind != manifest.Kind && ManifestKind.Plugins.Contains(one.Manifest.Kind)) is { } namesake)
        {
            return FieldProblem.Of("metadata.name", $"The course has a {namesake.Manifest.Kind} of this name: choose another, or delete that first.");
        }

        if (former is not null && ManifestSecrets.MovesSecrets(manifest, former.Manifest, all))
        {
            return TypedResults.Problem(
                "Plugins of the course send secret headers to this connection's address: apply the new address as a connection of another name, or delete those plugins first.",
                statusCode: StatusCodes.Status409Conflict);
        }

        var connection = ManifestKind.ConnectionOf(manifest.Kind) is null ? null : manifest.Json["spec"]!["connection"]!.GetValue<string>();
        if (connection is not null && await store.FindAsync(course, ManifestKind.ConnectionOf(manifest.Kind)!, connection, cancellationToken) is null)
        {
            return FieldProblem.Of("spec.connection", $"The course has no {ManifestKind.ConnectionOf(manifest.Kind)} of this name: apply it first.");
        }

        var (shown, closed) = secrets.Take(course, manifest);
        return await store.PutAsync(user.Caller(), course, manifest with { Json = shown }, closed, connection, options.Value.MaxManifests, cancellationToken)
            ? TypedResults.Ok(new DescribedManifest(manifest.Kind, manifest.Name, JsonElement.Parse(shown.ToJsonString()), time.GetUtcNow()))
            : TypedResults.Problem($"The course has {options.Value.MaxManifests} manifests already, or the connection was just deleted, or the name was just taken.", statusCode: StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<ManifestList>> ListAsync(string course, ManifestStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ManifestList([.. (await store.ListAsync(course, cancellationToken)).Select(stored => new ManifestEntry(
            stored.Manifest.Kind, stored.Manifest.Name, stored.Manifest.Description, PluginTools.KeyOf(stored.Manifest), stored.AppliedAt))]));

    private static async Task<Results<Ok<DescribedManifest>, ProblemHttpResult>> DescribeAsync(
        string course, string kind, string name, ManifestStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(course, kind, name, cancellationToken) is { } stored
            ? TypedResults.Ok(new DescribedManifest(kind, name, JsonElement.Parse(stored.Manifest.Json.ToJsonString()), stored.AppliedAt))
            : NotFound(kind, name);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string course, string kind, string name, ManifestStore store, CancellationToken cancellationToken) =>
        await store.DeleteAsync(course, kind, name, cancellationToken) ? TypedResults.NoContent()
        : await store.FindAsync(course, kind, name, cancellationToken) is null ? NotFound(kind, name)
        : TypedResults.Problem("A plugin of the course uses this connection: delete that first.", statusCode: StatusCodes.Status409Conflict);

    private static ProblemHttpResult NotFound(string kind, string name) =>
        TypedResults.Problem($"The course has no {kind} '{name}'.", statusCode: StatusCodes.Status404NotFound);
}
