using Lyceum.KernelService.Accounts;

namespace Lyceum.KernelService.Contents;

/// <summary>
/// One earlier state of each file, kept as Jupyter keeps it: <c>.ipynb_checkpoints/name-checkpoint.ext</c> beside the file.
/// </summary>
internal static class Checkpoints
{
    public const string Folder = ".ipynb_checkpoints";
    private const string Id = "checkpoint";

    public static IReadOnlyList<CheckpointModel> List(WorkspaceFolder folder, WorkspacePath path) =>
        new FileInfo(PathOf(FileOf(folder, path))) is { Exists: true } checkpoint ? [Describe(checkpoint)] : [];

    public static async Task<CheckpointModel> CreateAsync(WorkspaceFolder folder, WorkspacePath path, WorkspaceQuota quota, CancellationToken cancellationToken)
    {
        folder.RequireWritable(path);
        var file = FileOf(folder, path);
        var checkpoint = PathOf(file);
        quota.Take(folder, path, new FileInfo(file).Length - (File.Exists(checkpoint) ? new FileInfo(checkpoint).Length : 0));
        UserFiles.CreateDirectory(Path.GetDirectoryName(checkpoint)!);
        await AtomicFile.CopyAsync(file, checkpoint, overwrite: true, cancellationToken);
        return Describe(new FileInfo(checkpoint));
    }

    public static async Task RestoreAsync(WorkspaceFolder folder, WorkspacePath path, string id, CancellationToken cancellationToken)
    {
        folder.RequireWritable(path);
        await AtomicFile.CopyAsync(Find(folder, path, id), folder.Locate(path), overwrite: true, cancellationToken);
    }

    public static void Delete(WorkspaceFolder folder, WorkspacePath path, string id)
    {
        folder.RequireWritable(path);
        UserFiles.Delete(Find(folder, path, id));
    }

    /// <summary>Lets the checkpoint follow its file, if it has one.</summary>
    public static void Move(string from, string to)
    {
        var (old, next) = (PathOf(from), PathOf(to));
        if (File.Exists(old))
        {
            UserFiles.CreateDirectory(Path.GetDirectoryName(next)!);
            UserFiles.Move(old, next, overwrite: true);
        }
    }

    public static void Delete(string file)
    {
        if (File.Exists(PathOf(file)))
        {
            UserFiles.Delete(PathOf(file));
        }
    }

    private static string Find(WorkspaceFolder folder, WorkspacePath path, string id)
    {
        var checkpoint = PathOf(FileOf(folder, path));
        return id == Id && File.Exists(checkpoint)
            ? checkpoint
            : throw new BadHttpRequestException($"Checkpoint does not exist: {path}@{id}", StatusCodes.Status404NotFound);
    }

    private static string FileOf(WorkspaceFolder folder, WorkspacePath path) => folder.Find(path) is FileInfo file
        ? file.FullName
        : throw new BadHttpRequestException($"{path} is a directory, which has no checkpoints", StatusCodes.Status400BadRequest);

    private static string PathOf(string file)
    {
        var folder = Path.Combine(Path.GetDirectoryName(file)!, Folder);
        return new FileInfo(folder).LinkTarget is null
            ? Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(file)}-checkpoint{Path.GetExtension(file)}")
            : throw new BadHttpRequestException("Links are not followed: " + Folder, StatusCodes.Status403Forbidden);
    }

    private static CheckpointModel Describe(FileInfo checkpoint) => new(Id, WorkspaceFolder.Time(checkpoint.LastWriteTimeUtc));
}
