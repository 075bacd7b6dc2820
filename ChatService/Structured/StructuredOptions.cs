using System.ComponentModel.DataAnnotations;

namespace Lyceum.ChatService.Structured;

/// <summary>The section <c>Structured</c> of the configuration.</summary>
internal sealed class StructuredOptions
{
    /// <summary>How often a model is shown its errors and asked again; 2 unless set.</summary>
    [Range(0, 5, ErrorMessage = "Structured:MaxRepairs must be between 0 and 5.")]
    public int MaxRepairs { get; set; } = 2;

    /// <summary>The largest schema, in bytes of UTF-8; 64 KB unless set.</summary>
    [Range(1024, 1024 * 1024, ErrorMessage = "Structured:MaxSchemaBytes must be between 1024 and 1048576.")]
    public int MaxSchemaBytes { get; set; } = 64 * 1024;

    /// <summary>The largest request body, in bytes; 512 KB unless set.</summary>
    [Range(16 * 1024, 16 * 1024 * 1024, ErrorMessage = "Structured:MaxBodyBytes must be between 16384 and 16777216.")]
    public int MaxBodyBytes { get; set; } = 512 * 1024;

    /// <summary>The longest answer that is taken from a model, in characters; 64000 unless set.</summary>
    [Range(100, 1_000_000, ErrorMessage = "Structured:MaxAnswerCharacters must be between 100 and 1000000.")]
    public int MaxAnswerCharacters { get; set; } = 64_000;

    /// <summary>How many tokens a model may write for one answer; 4096 unless set.</summary>
    [Range(16, 1_000_000, ErrorMessage = "Structured:MaxAnswerTokens must be between 16 and 1000000.")]
    public int MaxAnswerTokens { get; set; } = 4096;

    /// <summary>How long a request may take, with all its repairs; 5 min unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Structured:Timeout must be between 00:00:01 and 01:00:00.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);
}
