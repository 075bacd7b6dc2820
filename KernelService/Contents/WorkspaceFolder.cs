using System.Globalization;

namespace Lyceum.KernelService.Contents;

/// <summary>One user's workspace on disk: finds what a path names there, and never follows a link on the way.</summary>
internal sealed class WorkspaceFolder(string root)
{
    /// <summary>Where the path is on disk, whether or not anything is there.</summary>
    /// <exception cref="BadHttpRequestException">A part of it is a link.</exception>
    public string Locate(WorkspacePath path)
    {
        var location = root;
        foreach (var part in path.Parts)
        {
            location = Path.Combine(location, part);
            if (new FileInfo(location).LinkTarget is not null)
            {
                throw new BadHttpRequestException($"Links are not followed: {path}", StatusCodes.Status403Forbidden);
            }
        }

        return location;
    }

    /// <summary>The file or directory that is there.</summary>
    /// <exception cref="BadHttpRequestException">Nothing is there.</exception>
    public FileSystemInfo Find(WorkspacePath path)
    {
        var location = Locate(path);
        return Directory.Exists(location) ? new DirectoryInfo(location)
            : File.Exists(location) ? new FileInfo(location)
            : throw NotFound(path);
    }

    /// <exception cref="BadHttpRequestException">There is no such directory.</exception>
    public DirectoryInfo FindDirectory(WorkspacePath path) => Find(path) as DirectoryInfo
        ?? throw new BadHttpRequestException($"{path} is not a directory", StatusCodes.Status400BadRequest);

    /// <summary>The first of the names that is still free there.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="nameOf">The name for 0, 1, 2, ...</param>
    public WorkspacePath Free(WorkspacePath directory, Func<int, string> nameOf)
    {
        const int Tries = 10_000;
        for (var i = 0; i < Tries; i++)
        {
            var path = directory.Child(nameOf(i));
            if (!Path.Exists(Locate(path)))
            {
                return path;
            }
        }

        throw new BadHttpRequestException($"{directory} has too many files of that name already", StatusCodes.Status409Conflict);
    }

    public static BadHttpRequestException NotFound(WorkspacePath path) =>
        new($"No such file or directory: {path}", StatusCodes.Status404NotFound);

    /// <summary>As Jupyter's clients parse it: with a fraction of six digits.</summary>
    public static string Time(DateTime utc) => utc.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
