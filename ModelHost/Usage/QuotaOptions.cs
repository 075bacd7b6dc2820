using System.ComponentModel.DataAnnotations;

namespace Lyceum.ModelHost.Usage;

/// <summary>Section <c>Quotas</c>: how many tokens, of prompts and answers together, may be used. 0 means as many as one likes.</summary>
internal sealed class QuotaOptions
{
    /// <summary>By one user in a minute.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "Quotas:UserTokensPerMinute must be 0 or more.")]
    public long UserTokensPerMinute { get; set; }

    /// <summary>By one user in a day, which begins at midnight UTC.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "Quotas:UserTokensPerDay must be 0 or more.")]
    public long UserTokensPerDay { get; set; }

    /// <summary>By all users of one course in a day.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "Quotas:CourseTokensPerDay must be 0 or more.")]
    public long CourseTokensPerDay { get; set; }
}
