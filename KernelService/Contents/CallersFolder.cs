using System.Text.RegularExpressions;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Contents;

/// <summary>Gives a caller's workspace, with a welcome in it when it is new, and the folder of the caller's course.</summary>
internal sealed partial class CallersFolder(Workspaces.Workspaces workspaces, WelcomeNotebook welcome, IOptions<ContentsOptions> options)
{
    public async Task<WorkspaceFolder> OfAsync(CallerIdentity caller, CancellationToken cancellationToken)
    {
        var root = (await workspaces.OfAsync(caller, cancellationToken)).Folder;
        await welcome.WriteOnceAsync(root, cancellationToken);
        return new WorkspaceFolder(root, CourseOf(caller));
    }

    private CourseFolder? CourseOf(CallerIdentity caller)
    {
        if (options.Value.CoursesRoot is not { Length: > 0 } courses || !Slug().IsMatch(caller.Course))
        {
            return null;
        }

        var folder = Path.GetFullPath(Path.Combine(courses, caller.Course));
        var isInstructor = caller.Roles.Contains(Roles.Instructor, StringComparer.Ordinal);
        if (isInstructor)
        {
            Directory.CreateDirectory(folder);
        }

        return Directory.Exists(folder) ? new CourseFolder(folder, isInstructor) : null;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,63}\\z")]
    private static partial Regex Slug();
}
