using System.ComponentModel.DataAnnotations;

namespace Lyceum.KernelService.Contents;

/// <summary>The section <c>Contents</c> of the configuration.</summary>
internal sealed class ContentsOptions
{
    /// <summary>The largest file that is read or saved, in bytes; 20 MiB by default, which as base64 fits Gateway's limit for a body.</summary>
    [Range(1024, 1024 * 1024 * 1024, ErrorMessage = "Contents:MaxFileBytes must be between 1024 and 1073741824.")]
    public long MaxFileBytes { get; set; } = 20 * 1024 * 1024;

    /// <summary>The most bytes that a file may have which is uploaded in chunks; 1 GiB by default.</summary>
    [Range(1024, 1L << 40, ErrorMessage = "Contents:MaxUploadBytes must be between 1024 and 1099511627776.")]
    public long MaxUploadBytes { get; set; } = 1024 * 1024 * 1024;

    /// <summary>The most bytes that all files of a user may have together, beyond which nothing more is saved; 10 GiB by default, 0 for no limit.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "Contents:QuotaBytes must be 0 for no limit, or the bytes that a user's files may have.")]
    public long QuotaBytes { get; set; } = 10L * 1024 * 1024 * 1024;

    /// <summary>A folder with one folder for each course, named by its slug: the course's students read and copy from it, its instructors write there. None by default.</summary>
    public string? CoursesRoot { get; set; }

    /// <summary>The most bytes that a request's body may have: base64 needs four bytes for three.</summary>
    internal long MaxBodyBytes => (MaxFileBytes * 4 / 3) + (64 * 1024);
}
