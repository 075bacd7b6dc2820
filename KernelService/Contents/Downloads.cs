using System.Security.Claims;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.StaticFiles;

namespace Lyceum.KernelService.Contents;

/// <summary>Files as they are, at <c>/files/{path}</c>.</summary>
internal static class Downloads
{
    private static readonly FileExtensionContentTypeProvider MimeTypes = new();

    /// <summary>
    /// The file; with <c>?download=1</c> for the browser to save. What a user's file contains must never run as a page of
    /// this site, with the rights of whoever opens it: hence the sandbox.
    /// </summary>
    public static async Task<IResult> Get(
        string? path, int? download, HttpResponse response, ClaimsPrincipal user, CallersFolder folders, CancellationToken cancellationToken)
    {
        var folder = await folders.OfAsync(user.Caller(), cancellationToken);
        var wanted = WorkspacePath.Parse(path);
        if (folder.Find(wanted) is not FileInfo found)
        {
            throw new BadHttpRequestException($"{wanted} is a directory, not a file");
        }

        var type = MimeTypes.TryGetContentType(wanted.Name, out var known) ? known : "application/octet-stream";
        var file = CarefulFile.OpenRead(found.FullName);
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox allow-scripts; frame-ancestors 'self'";
        response.Headers.CacheControl = "no-cache";
        // The framework writes the name in both encodings of RFC 6266.
        return TypedResults.Stream(file, type, download is 1 ? wanted.Name : null, found.LastWriteTimeUtc, enableRangeProcessing: true);
    }
}
