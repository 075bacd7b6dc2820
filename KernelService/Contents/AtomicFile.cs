using Lyceum.KernelService.Accounts;

namespace Lyceum.KernelService.Contents;

/// <summary>Writes files so that a reader, or a power cut, sees the old content or the new one and nothing in between.</summary>
internal static class AtomicFile
{
    public static Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        WriteAsync(path, overwrite: true, async draft => await draft.WriteAsync(content, cancellationToken));

    /// <summary>Copies a file that somebody may be changing meanwhile.</summary>
    /// <exception cref="IOException">The file is there already, and must not be overwritten.</exception>
    public static async Task CopyAsync(string from, string path, bool overwrite, CancellationToken cancellationToken)
    {
        var file = CarefulFile.OpenRead(from);
        await using (file)
        {
            await WriteAsync(path, overwrite, draft => file.CopyToAsync(draft, cancellationToken));
        }
    }

    /// <summary>Puts the draft in the file's place, which keeps its permissions.</summary>
    public static void Replace(string draft, string path, bool overwrite = true)
    {
        UserFiles.Do(path, () => KeepMode(draft, path));
        UserFiles.Move(draft, path, overwrite);
    }

    private static void KeepMode(string draft, string path)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(path))
        {
            File.SetUnixFileMode(draft, File.GetUnixFileMode(path));
        }
    }

    private static async Task WriteAsync(string path, bool overwrite, Func<FileStream, Task> write)
    {
        var draft = Path.Combine(Path.GetDirectoryName(path)!, $".~{Guid.CreateVersion7():N}");
        try
        {
            var file = UserFiles.Do(draft, () => new FileStream(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous));
            await using (file)
            {
                await write(file);
                file.Flush(flushToDisk: true);
            }

            Replace(draft, path, overwrite);
        }
        finally
        {
            UserFiles.Delete(draft);
        }
    }
}
