namespace Lyceum.KernelService.Contents;

/// <summary>What a course gives its students to copy from. They see it in their workspace as the directory <c>course</c>.</summary>
/// <param name="Root">Where it is on disk.</param>
/// <param name="IsWritable">Whether the caller may change it, as the course's instructors do.</param>
internal sealed record CourseFolder(string Root, bool IsWritable)
{
    /// <summary>Its name in a workspace; whatever has that name there itself is not seen while there is a course.</summary>
    public const string Name = "course";
}
