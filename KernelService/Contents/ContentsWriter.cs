using Lyceum.KernelService.Accounts;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Contents;

/// <summary>Saves, makes, copies, renames and deletes what is in a workspace.</summary>
internal sealed class ContentsWriter(IOptions<ContentsOptions> options, WorkspaceQuota quota, TimeProvider time)
{
    private const int Turns = 64;
    private static readonly byte[] EmptyNotebook = "{\n \"cells\": [],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n"u8.ToArray();

    // Nobody saves between another's look at the file and that other's save. Files share turns, which costs them little.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Turns).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Saves what the client sent. True if the path is new.</summary>
    /// <exception cref="BadHttpRequestException">It cannot be saved so.</exception>
    public async Task<bool> SaveAsync(
        WorkspaceFolder folder, WorkspacePath path, SaveRequest request, SavePrecondition precondition, CancellationToken cancellationToken)
    {
        folder.RequireWritable(path);
        var location = folder.Locate(path);
        folder.FindDirectory(path.Parent);
        var isNew = !Path.Exists(location);
        if (request.Type == "directory")
        {
            if (File.Exists(location))
            {
                throw Bad($"{path} is a file, not a directory");
            }

            UserFiles.CreateDirectory(location);
            return isNew;
        }

        if (path.IsRoot || Directory.Exists(location))
        {
            throw Bad($"{path} is a directory, not a {request.Type ?? "file"}");
        }

        var content = SavedContent.Of(path, request);
        if (content.Length > options.Value.MaxFileBytes)
        {
            throw TooLarge(path, options.Value.MaxFileBytes);
        }

        var turn = _turns[(uint)location.GetHashCode(StringComparison.Ordinal) % Turns];
        await turn.WaitAsync(cancellationToken);
        try
        {
            await precondition.CheckAsync(path, location, cancellationToken);
            var replaced = request.Chunk is null && new FileInfo(location) is { Exists: true, Length: var length } ? length : 0;
            quota.Take(folder, path, content.Length - replaced);
            await (request.Chunk is { } chunk ? new Upload(path, location, time).AddAsync(chunk, content, options.Value.MaxUploadBytes, cancellationToken)
                : AtomicFile.WriteAsync(location, content, cancellationToken));
        }
        finally
        {
            turn.Release();
        }

        return isNew;
    }

    /// <summary>Makes an empty file, notebook or directory with a name that is free.</summary>
    public static async Task<WorkspacePath> CreateAsync(WorkspaceFolder folder, WorkspacePath directory, CreateRequest request, CancellationToken cancellationToken)
    {
        folder.RequireWritable(directory);
        folder.FindDirectory(directory);
        var type = request.Type ?? (request.Ext == ".ipynb" ? "notebook" : "file");
        var (stem, extension, gap) = type switch
        {
            "notebook" => ("Untitled", ".ipynb", ""),
            "directory" => ("Untitled Folder", "", " "),
            "file" => ("untitled", request.Ext ?? "", ""),
            _ => throw Bad($"There is no type '{type}': notebook, file and directory are known"),
        };
        var path = folder.Free(directory, i => i == 0 ? stem + extension : $"{stem}{gap}{i}{extension}");
        if (type == "directory")
        {
            UserFiles.CreateDirectory(folder.Locate(path));
        }
        else
        {
            await AtomicFile.WriteAsync(folder.Locate(path), type == "notebook" ? EmptyNotebook : default, cancellationToken);
        }

        return path;
    }

    public async Task<WorkspacePath> CopyAsync(WorkspaceFolder folder, WorkspacePath source, WorkspacePath directory, CancellationToken cancellationToken)
    {
        folder.RequireWritable(directory);
        folder.FindDirectory(directory);
        if (folder.Find(source) is not FileInfo file)
        {
            throw Bad($"{source} is a directory; only files can be copied");
        }

        var (stem, extension) = (Path.GetFileNameWithoutExtension(source.Name), Path.GetExtension(source.Name));
        var inPlace = source.Parent.ToString() == directory.ToString();
        var path = folder.Free(directory, i => i == 0 && !inPlace ? source.Name : $"{stem}-Copy{(inPlace ? i + 1 : i)}{extension}");
        quota.Take(folder, path, file.Length);
        await AtomicFile.CopyAsync(file.FullName, folder.Locate(path), overwrite: false, cancellationToken);
        return path;
    }

    public static void Rename(WorkspaceFolder folder, WorkspacePath from, WorkspacePath to)
    {
        if (folder.IsFixed(from) || folder.IsFixed(to))
        {
            throw Bad("The workspace itself and the course's folder cannot be renamed");
        }

        folder.RequireWritable(from);
        folder.RequireWritable(to);

        var found = folder.Find(from);
        folder.FindDirectory(to.Parent);
        var target = folder.Locate(to);
        if (found.FullName == target)
        {
            return;
        }

        if (Path.Exists(target))
        {
            throw new BadHttpRequestException($"File already exists: {to}", StatusCodes.Status409Conflict);
        }

        if (found is DirectoryInfo directory)
        {
            if (target.StartsWith(directory.FullName + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw Bad($"{from} cannot be moved into itself");
            }

            UserFiles.MoveDirectory(directory.FullName, target);
            return;
        }

        UserFiles.Move(found.FullName, target);
        Checkpoints.Move(found.FullName, target);
    }

    public static void Delete(WorkspaceFolder folder, WorkspacePath path)
    {
        if (folder.IsFixed(path))
        {
            throw Bad("The workspace itself and the course's folder cannot be deleted");
        }

        folder.RequireWritable(path);

        var found = folder.Find(path);
        if (found is DirectoryInfo directory)
        {
            // What is left of checkpoints does not count; a link is deleted, not followed.
            if (UserFiles.Do(directory.FullName, () => directory.EnumerateFileSystemInfos().Any(entry => entry.Name != Checkpoints.Folder)))
            {
                throw Bad($"Directory {path} not empty");
            }

            UserFiles.Do(directory.FullName, () => directory.Delete(recursive: true));
            return;
        }

        UserFiles.Delete(found.FullName);
        Checkpoints.Delete(found.FullName);
    }

    private static BadHttpRequestException TooLarge(WorkspacePath path, long limit) =>
        new($"{path} would have more than {limit} bytes", StatusCodes.Status413PayloadTooLarge);

    private static BadHttpRequestException Bad(string message) => new(message, StatusCodes.Status400BadRequest);
}
