using System.ComponentModel.DataAnnotations;

namespace Lyceum.KernelService.Outliving;

/// <summary>The section <c>Kernels:Outliving</c> of the configuration: whether kernels go on while the service is restarted.</summary>
internal sealed class OutlivingOptions : IValidatableObject
{
    // A socket's path may have 107 bytes, and below the folder come the number of an account, a name and a suffix.
    private const int LongestFolder = 80;

    /// <summary>Whether kernels outlive the service's process, however it ends, and the next process takes them over.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The folder of their connection files and of what the next process has to know; nobody else may read it. With
    /// <see cref="Enabled"/> off, kernels that are found there are ended.
    /// </summary>
    public string? Folder { get; set; }

    /// <summary>What outliving cannot do without.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Enabled && !OperatingSystem.IsLinux())
        {
            yield return new ValidationResult("Kernels:Outliving:Enabled works on Linux alone: leave it out here.");
        }

        if (Enabled && string.IsNullOrEmpty(Folder))
        {
            yield return new ValidationResult("Kernels:Outliving:Enabled needs Kernels:Outliving:Folder: write a folder that is this service's alone, such as /var/lib/lyceum/kernels.");
        }

        if (Folder?.Length > LongestFolder)
        {
            yield return new ValidationResult($"Kernels:Outliving:Folder is longer than {LongestFolder} characters, which sockets in it would not have room for: choose a shorter one.");
        }
    }
}
