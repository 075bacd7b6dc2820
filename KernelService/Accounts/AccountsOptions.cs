using System.ComponentModel.DataAnnotations;

namespace Lyceum.KernelService.Accounts;

/// <summary>The section <c>Kernels:Accounts</c> of the configuration: numbers of the operating system's accounts, of which each user's kernels get one.</summary>
internal sealed class AccountsOptions : IValidatableObject
{
    // Below are the system's own; above, numbers that some file systems and tools take for negative ones.
    private const int Least = 1000;
    private const int Most = 2_000_000_000;

    /// <summary>The first number; it is one of an account and of a group at once, and nobody else's.</summary>
    public int First { get; set; }

    /// <summary>How many numbers there are, hence users; 0 to 1,000,000. With 0 all kernels run under the service's own account.</summary>
    [Range(0, 1_000_000, ErrorMessage = "Kernels:Accounts:Count must be between 0 and 1000000.")]
    public int Count { get; set; }

    /// <summary>What accounts cannot do without.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Count > 0 && !OperatingSystem.IsLinux())
        {
            yield return new ValidationResult("Kernels:Accounts works on Linux alone: leave it out here.");
        }

        if (Count > 0 && (First < Least || First > Most - Count))
        {
            yield return new ValidationResult($"Kernels:Accounts:First is {First}; write the first of {Count} numbers that no account and no group has, between {Least} and {Most}, such as 200000.");
        }
    }
}
