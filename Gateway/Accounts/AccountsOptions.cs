using System.ComponentModel.DataAnnotations;

namespace Lyceum.Gateway.Accounts;

/// <summary>The section <c>Accounts</c> of Gateway's configuration.</summary>
internal sealed class AccountsOptions
{
    /// <summary>How a course's slug is written.</summary>
    public const string CoursePattern = "^[a-z0-9][a-z0-9-]{0,62}\\z";

    /// <summary>The token that signs the owner in, at least 16 characters. AppHost makes one at each start unless <c>LYCEUM_TOKEN</c> is set.</summary>
    [Required(ErrorMessage = "Accounts:OwnerToken is missing. AppHost sets it; started by hand, set Accounts__OwnerToken to 16 or more random characters.")]
    [MinLength(16, ErrorMessage = "Accounts:OwnerToken is too short: write at least 16 random characters.")]
    public string OwnerToken { get; set; } = "";

    /// <summary>
    /// The key of the learners' pseudonyms, at least 32 characters. Whoever has it can link events to accounts; with another key
    /// earlier events no longer belong to anybody.
    /// </summary>
    [Required(ErrorMessage = "Accounts:LearnerKey is missing. AppHost sets it; started by hand, set Accounts__LearnerKey to 32 or more random characters and keep it.")]
    [MinLength(32, ErrorMessage = "Accounts:LearnerKey is too short: write at least 32 random characters.")]
    public string LearnerKey { get; set; } = "";

    /// <summary>The slug of the owner's course, in which new accounts are unless the owner names another.</summary>
    [Required, RegularExpression(CoursePattern, ErrorMessage = "Accounts:Course must be a slug: lower-case letters, digits and hyphens, at most 63.")]
    public string Course { get; set; } = "default";

    /// <summary>How long a browser stays signed in.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00", ErrorMessage = "Accounts:SessionLifetime must be between 00:05:00 and 30.00:00:00.")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(12);
}
