using System.ComponentModel.DataAnnotations;

namespace Lyceum.ChatService.Mcp;

/// <summary>The section <c>Mcp</c> of the configuration: servers of the Model Context Protocol whose tools courses may use.</summary>
internal sealed class McpOptions : IValidatableObject
{
    /// <summary>The only servers that are called; none unless set. A course uses one where its policy names <c>mcp/{name}/*</c>.</summary>
    public IList<McpServerEntry> Servers { get; } = [];

    /// <summary>For how long what a server offers is remembered; 5 min unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Mcp:ToolsLifetime must be between 00:00:01 and 1.00:00:00.")]
    public TimeSpan ToolsLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>For how long a server that failed is left alone; 30 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "Mcp:RetryAfter must be between 00:00:00 and 01:00:00.")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a server may take to connect and to tell what it offers; 10 s unless set. A turn waits for it no longer than <c>Tools:FindTimeout</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:05:00", ErrorMessage = "Mcp:ConnectTimeout must be between 00:00:00.1 and 00:05:00.")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest response of a server, in bytes; 4 MB unless set.</summary>
    [Range(1024, 256 * 1024 * 1024, ErrorMessage = "Mcp:MaxResponseBytes must be between 1024 and 268435456.")]
    public int MaxResponseBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long a question to the tutor, asked through ChatService's own server, is waited for; 5 min unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Mcp:AnswerTimeout must be between 00:00:01 and 01:00:00.")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromMinutes(5);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Servers.Count; i++)
        {
            var server = Servers[i];
            if (server.Name.Length is 0 or > 30 || !server.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            {
                yield return new ValidationResult($"Mcp:Servers:{i}:Name is '{server.Name}': write 1 to 30 of a-z, 0-9 and '-'.");
            }

            if (!Uri.TryCreate(server.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
            {
                yield return new ValidationResult($"Mcp:Servers:{i}:Url is '{server.Url}': write the address of its streamable HTTP endpoint, such as https://tools.example.org/mcp");
            }
        }

        if (Servers.GroupBy(server => server.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            yield return new ValidationResult($"Mcp:Servers has two of the name '{twice.Key}'.");
        }
    }
}

/// <summary>A server that an operator allows to be used.</summary>
internal sealed class McpServerEntry
{
    /// <summary>What policies call it.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its streamable HTTP endpoint.</summary>
    public string Url { get; set; } = "";

    /// <summary>Whether it may be at an address of a private network or of this machine; false unless set.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>The value of <c>Authorization</c> that every request to it gets; a secret. None unless set.</summary>
    public string? Authorization { get; set; }

    /// <summary>Which calls the user approves; those of tools that do not say that they only read, unless set.</summary>
    public McpApproval Approval { get; set; } = McpApproval.Writes;
}

/// <summary>Which calls of a server's tools wait for the user.</summary>
internal enum McpApproval
{
    Writes,
    Always,
    Never,
}
