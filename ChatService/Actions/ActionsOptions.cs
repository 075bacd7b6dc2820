using System.ComponentModel.DataAnnotations;

namespace Lyceum.ChatService.Actions;

/// <summary>The section <c>Actions</c> of the configuration.</summary>
internal sealed class ActionsOptions : IValidatableObject
{
    /// <summary>The only hosts that are called; none unless set.</summary>
    public IList<AllowedHost> Hosts { get; } = [];

    /// <summary>How many APIs a course may have; 20 unless set.</summary>
    [Range(0, 200, ErrorMessage = "Actions:MaxApis must be between 0 and 200.")]
    public int MaxApis { get; set; } = 20;

    /// <summary>The largest OpenAPI document, in bytes; 512 KB unless set.</summary>
    [Range(1024, 4 * 1024 * 1024, ErrorMessage = "Actions:MaxDocumentBytes must be between 1024 and 4194304.")]
    public int MaxDocumentBytes { get; set; } = 512 * 1024;

    /// <summary>How much of an API's answer is kept, in bytes; 256 KB unless set.</summary>
    [Range(0, 4 * 1024 * 1024, ErrorMessage = "Actions:MaxAnswerBytes must be between 0 and 4194304.")]
    public int MaxAnswerBytes { get; set; } = 256 * 1024;

    /// <summary>How long a call may take; 15 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00", ErrorMessage = "Actions:CallTimeout must be between 00:00:01 and 00:02:00.")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a proposal may be approved; 1 h unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Actions:ProposalLifetime must be between 00:00:01 and 1.00:00:00.")]
    public TimeSpan ProposalLifetime { get; set; } = TimeSpan.FromHours(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Hosts.Count; i++)
        {
            if (!Uri.TryCreate(Hosts[i].Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.PathAndQuery != "/" || url.UserInfo.Length > 0)
            {
                yield return new ValidationResult($"Actions:Hosts:{i}:Url is '{Hosts[i].Url}': write scheme, host and port alone, such as https://api.example.org");
            }
        }
    }
}

/// <summary>A host that an operator allows to be called.</summary>
internal sealed class AllowedHost
{
    /// <summary>Scheme, host and port, such as <c>https://api.example.org</c>.</summary>
    public string Url { get; set; } = "";

    /// <summary>Whether it may be at an address of a private network or of this machine; false unless set.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>The value of <c>Authorization</c> that every call to it gets; a secret. None unless set.</summary>
    public string? Authorization { get; set; }

    public bool Is(Uri address) =>
        Uri.TryCreate(Url, UriKind.Absolute, out var url) && Uri.Compare(url, address, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
