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

    /// <summary>The most bytes that a request's body may have: base64 needs four bytes for three.</summary>
    internal long MaxBodyBytes => (MaxFileBytes * 4 / 3) + (64 * 1024);
}
