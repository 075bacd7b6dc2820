using System.Security.Claims;
using Lyceum.KernelService.Accounts;
using Lyceum.KernelService.Errors;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.KernelService.Contents;

/// <summary>Jupyter's contents API and file downloads, over the caller's workspace.</summary>
internal static class ContentsEndpoints
{
    private const string Checkpoint = "checkpoints";

    public static void AddContents(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ContentsOptions>().BindConfiguration("Contents").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<WelcomeNotebook>();
        builder.Services.AddSingleton<CallersFolder>();
        builder.Services.AddSingleton<ContentsReader>();
        builder.Services.AddSingleton<WorkspaceQuota>();
        builder.Services.AddSingleton<ContentsWriter>();
        builder.Services.AddSingleton<ContentsBody>();
    }

    public static void MapContents(this IEndpointRouteBuilder routes)
    {
        var contents = routes.MapGroup("/api/contents").AddEndpointFilter<FileErrors>().AddEndpointFilter<CallersRights>();
        contents.MapGet("{**path}", GetAsync);
        contents.MapPut("{**path}", SaveAsync);
        contents.MapPost("{**path}", PostAsync);
        contents.MapPatch("{**path}", RenameAsync);
        contents.MapDelete("{**path}", DeleteAsync);
        routes.MapGet("/files/{**path}", Downloads.Get).AddEndpointFilter<FileErrors>().AddEndpointFilter<CallersRights>();
    }

    private static async Task<IResult> GetAsync(
        string? path, int? content, string? type, string? format, int? hash,
        ClaimsPrincipal user, CallersFolder folders, ContentsReader reader, CancellationToken cancellationToken)
    {
        var folder = await folders.OfAsync(user.Caller(), cancellationToken);
        if (IsCheckpoints(path, out var file, out var id) && id is null)
        {
            return TypedResults.Json(Checkpoints.List(folder, file), ContentsJson.Default.IReadOnlyListCheckpointModel);
        }

        var wanted = new ReadOptions(content is not 0, string.IsNullOrEmpty(type) ? null : type, string.IsNullOrEmpty(format) ? null : format, hash is 1);
        return Answer(await reader.ReadAsync(folder, WorkspacePath.Parse(path), wanted, cancellationToken));
    }

    private static async Task<IResult> SaveAsync(
        string? path, HttpRequest request, ClaimsPrincipal user, CallersFolder folders, ContentsReader reader, ContentsWriter writer,
        ContentsBody body, CancellationToken cancellationToken)
    {
        var folder = await folders.OfAsync(user.Caller(), cancellationToken);
        var target = WorkspacePath.Parse(path);
        var wanted = await body.ReadAsync(request, ContentsJson.Default.SaveRequest, cancellationToken)
            ?? throw new BadHttpRequestException("There is no body that says what to save");
        var isNew = await writer.SaveAsync(folder, target, wanted, new SavePrecondition(request.GetTypedHeaders()), cancellationToken);
        // Chunks that are not the last leave no file yet to describe.
        var saved = wanted.Chunk is > 0 ? target.Parent : target;
        var model = await reader.ReadAsync(folder, saved, new ReadOptions(Content: false, Hash: wanted.Type != "directory" && wanted.Chunk is null), cancellationToken);
        return isNew && wanted.Chunk is null or -1 ? Created(request, model) : Answer(model);
    }

    private static async Task<IResult> PostAsync(
        string? path, HttpRequest request, ClaimsPrincipal user, CallersFolder folders, ContentsReader reader, ContentsWriter writer,
        WorkspaceQuota quota, CancellationToken cancellationToken)
    {
        var folder = await folders.OfAsync(user.Caller(), cancellationToken);
        if (IsCheckpoints(path, out var file, out var id))
        {
            if (id is not null)
            {
                await Checkpoints.RestoreAsync(folder, file, id, cancellationToken);
                return TypedResults.NoContent();
            }

            var checkpoint = await Checkpoints.CreateAsync(folder, file, quota, cancellationToken);
            return TypedResults.Json(checkpoint, ContentsJson.Default.CheckpointModel, statusCode: StatusCodes.Status201Created);
        }

        var directory = WorkspacePath.Parse(path);
        var wanted = await RequestBody.ReadAsync(request, ContentsJson.Default.CreateRequest, cancellationToken) ?? new CreateRequest(null, null, null);
        var made = wanted.CopyFrom is { Length: > 0 } source
            ? await writer.CopyAsync(folder, WorkspacePath.Parse(source), directory, cancellationToken)
            : await ContentsWriter.CreateAsync(folder, directory, wanted, cancellationToken);
        return Created(request, await reader.ReadAsync(folder, made, new ReadOptions(Content: false), cancellationToken));
    }

    private static async Task<IResult> RenameAsync(
        string? path, HttpRequest request, ClaimsPrincipal user, CallersFolder folders, ContentsReader reader, CancellationToken cancellationToken)
    {
        var folder = await folders.OfAsync(user.Caller(), cancellationToken);
        var wanted = await RequestBody.ReadAsync(request, ContentsJson.Default.RenameRequest, cancellationToken);
        var to = WorkspacePath.Parse(wanted?.Path ?? throw new BadHttpRequestException("The body has no path to rename to"));
        ContentsWriter.Rename(folder, WorkspacePath.Parse(path), to);
        return Answer(await reader.ReadAsync(folder, to, new ReadOptions(Content: false), cancellationToken));
    }

    private static async Task<NoContent> DeleteAsync(string? path, ClaimsPrincipal user, CallersFolder folders, CancellationToken cancellationToken)
    {
        var folder = await folders.OfAsync(user.Caller(), cancellationToken);
        if (IsCheckpoints(path, out var file, out var id) && id is not null)
        {
            Checkpoints.Delete(folder, file, id);
        }
        else
        {
            ContentsWriter.Delete(folder, WorkspacePath.Parse(path));
        }

        return TypedResults.NoContent();
    }

    /// <summary>Whether the path is <c>file/checkpoints</c> or <c>file/checkpoints/id</c>, which Jupyter puts below the file's own.</summary>
    private static bool IsCheckpoints(string? path, out WorkspacePath file, out string? id)
    {
        var parsed = WorkspacePath.Parse(path);
        var at = parsed.Parts is [.., _, Checkpoint] ? parsed.Parts.Count - 1 : parsed.Parts is [.., _, Checkpoint, _] ? parsed.Parts.Count - 2 : -1;
        id = at >= 0 && at == parsed.Parts.Count - 2 ? parsed.Parts[^1] : null;
        file = at < 0 ? parsed : WorkspacePath.Parse(string.Join('/', parsed.Parts.Take(at)));
        return at >= 0;
    }

    private static ContentsAnswer Created(HttpRequest request, ContentsModel model)
    {
        request.HttpContext.Response.Headers.Location = "/api/contents/" + string.Join('/', model.Path.Split('/').Select(Uri.EscapeDataString));
        return Answer(model, StatusCodes.Status201Created);
    }

    private static ContentsAnswer Answer(ContentsModel model, int status = StatusCodes.Status200OK) => new(model, status);
}

/// <summary>A model, with its hash as the entity tag that a save can refer to.</summary>
internal sealed class ContentsAnswer(ContentsModel model, int status) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (model.Hash is { } hash)
        {
            httpContext.Response.Headers.ETag = SavePrecondition.TagOf(hash);
        }

        return TypedResults.Json(model, ContentsJson.Default.ContentsModel, statusCode: status).ExecuteAsync(httpContext);
    }
}
