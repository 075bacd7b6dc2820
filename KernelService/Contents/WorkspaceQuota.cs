using System.Collections.Concurrent;
using System.IO.Enumeration;
using Lyceum.KernelService.Accounts;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Contents;

/// <summary>
/// Keeps what is saved within what a workspace may hold. Kernels write there, too, unasked; what they wrote counts here
/// when the next thing is saved.
/// </summary>
internal sealed class WorkspaceQuota(IOptions<ContentsOptions> options, TimeProvider time)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    // Reading through a large workspace takes a while, and a notebook saves itself often.
    private readonly ConcurrentDictionary<string, (long Bytes, long At)> _used = new(StringComparer.Ordinal);

    /// <summary>Counts what is about to be written.</summary>
    /// <exception cref="BadHttpRequestException">There is no room for it.</exception>
    public void Take(WorkspaceFolder folder, WorkspacePath path, long bytes)
    {
        var limit = options.Value.QuotaBytes;
        if (limit == 0 || bytes <= 0 || folder.IsCourse(path))
        {
            return;
        }

        var known = _used.TryGetValue(folder.Root, out var used) && time.GetElapsedTime(used.At) < Fresh;
        if (!known || used.Bytes + bytes > limit)
        {
            used = (UserFiles.Do(folder.Root, () => Measure(folder.Root)), time.GetTimestamp());
        }

        if (used.Bytes + bytes > limit)
        {
            throw new BadHttpRequestException(
                $"There is no room for {path}: your files may have {limit} bytes and have {used.Bytes}, and this needs {bytes} more. Delete what you no longer need.",
                StatusCodes.Status507InsufficientStorage);
        }

        if (_used.Count >= MaxRemembered)
        {
            _used.Clear();
        }

        _used[folder.Root] = (used.Bytes + bytes, used.At);
    }

    private static long Measure(string root) =>
        new FileSystemEnumerable<long>(root, (ref FileSystemEntry entry) => entry.Length, Everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
        }.Sum();
}
