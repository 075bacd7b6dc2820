using System.Globalization;

namespace Lyceum.KernelService.Contents;

/// <summary>One user's workspace on disk, with the course's folder in it: finds what a path names there, and never follows a link on the way.</summary>
internal sealed class WorkspaceFolder(string root, CourseFolder? course)
{
    /// <summary>The user's own files.</summary>
    public string Root => root;

    /// <summary>The course's files, if there is a course.</summary>
    public CourseFolder? Course => course;

    /// <summary>Whether the path belongs to the course rather than to the user.</summary>
    public bool IsCourse(WorkspacePath path) => course is not null && path.Parts is [CourseFolder.Name, ..];

    /// <summary>Whether the path is that of a whole folder which has to stay.</summary>
    public bool IsFixed(WorkspacePath path) => path.IsRoot || (course is not null && path.Parts is [CourseFolder.Name]);

    public bool IsWritable(WorkspacePath path) => !IsCourse(path) || course!.IsWritable;

    /// <exception cref="BadHttpRequestException">The caller may read there, and no more.</exception>
    public void RequireWritable(WorkspacePath path)
    {
        if (!IsWritable(path))
        {
            throw new BadHttpRequestException($"{path} belongs to the course and is read-only: copy it to your own files first", StatusCodes.Status403Forbidden);
        }
    }

    /// <summary>Where the path is on disk, whether or not anything is there.</summary>
    /// <exception cref="BadHttpRequestException">A part of it is a link.</exception>
    public string Locate(WorkspacePath path)
    {
        var isCourse = IsCourse(path);
        var location = isCourse ? course!.Root : root;
        foreach (var part in path.Parts.Skip(isCourse ? 1 : 0))
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
