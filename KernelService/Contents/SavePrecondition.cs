using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Lyceum.KernelService.Contents;

/// <summary>
/// What a client that saves takes for granted about the file: with <c>If-Match</c> its hash as it was read, with
/// <c>If-Unmodified-Since</c> its time, with <c>If-None-Match: *</c> that there is none (RFC 9110, 13.1).
/// </summary>
internal sealed class SavePrecondition(RequestHeaders headers)
{
    private readonly bool _isAny = headers.IfMatch.Count > 0 || headers.IfNoneMatch.Count > 0 || headers.IfUnmodifiedSince is not null;

    /// <exception cref="BadHttpRequestException">The file is not as the client thinks.</exception>
    public async Task CheckAsync(WorkspacePath path, string location, CancellationToken cancellationToken)
    {
        if (!_isAny)
        {
            return;
        }

        if (!File.Exists(location))
        {
            if (headers.IfMatch.Count > 0)
            {
                throw Conflict($"{path} was deleted since it was read.");
            }

            return;
        }

        if (headers.IfNoneMatch.Contains(EntityTagHeaderValue.Any))
        {
            throw Conflict($"{path} exists already.");
        }

        if (headers.IfMatch.Count > 0 && !headers.IfMatch.Contains(EntityTagHeaderValue.Any))
        {
            var file = CarefulFile.OpenRead(location);
            await using (file)
            {
                var tag = TagOf(Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)));
                if (!headers.IfMatch.Any(expected => expected.Tag == tag))
                {
                    throw Conflict($"{path} was changed since it was read: its hash is {tag} now.");
                }
            }
        }
        else if (headers.IfUnmodifiedSince is { } since && Seconds(File.GetLastWriteTimeUtc(location)) > since.ToUnixTimeSeconds())
        {
            throw Conflict($"{path} was changed since it was read: at {WorkspaceFolder.Time(File.GetLastWriteTimeUtc(location))}.");
        }
    }

    /// <summary>A hash as an entity tag.</summary>
    public static string TagOf(string hash) => $"\"{hash}\"";

    private static long Seconds(DateTime utc) => new DateTimeOffset(utc).ToUnixTimeSeconds();

    private static BadHttpRequestException Conflict(string message) => new(message, StatusCodes.Status412PreconditionFailed);
}
