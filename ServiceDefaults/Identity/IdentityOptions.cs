using System.ComponentModel.DataAnnotations;

namespace Lyceum.ServiceDefaults.Identity;

/// <summary>The section <c>Identity</c> of the configuration, the same in every service.</summary>
public sealed class IdentityOptions
{
    /// <summary>The secret that signs identity tokens, at least 32 characters; AppHost generates it.</summary>
    [Required(ErrorMessage = "Identity:Key is missing. AppHost sets it; started by hand, set Identity__Key to the same 32 or more random characters in every service.")]
    [MinLength(32, ErrorMessage = "Identity:Key is too short: write at least 32 random characters.")]
    public string Key { get; set; } = "";

    /// <summary>How long a token is taken after its issue; 1 to 60 minutes.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00", ErrorMessage = "Identity:Lifetime must be between 00:01:00 and 01:00:00.")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);
}
