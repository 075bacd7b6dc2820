using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Lyceum.TelemetryIngest.Studies;

/// <summary>The section <c>Studies</c> of TelemetryIngest's configuration.</summary>
internal sealed class StudiesOptions
{
    /// <summary>How long an export can be downloaded.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "90.00:00:00", ErrorMessage = "Studies:ExportLifetime must be between 00:10:00 and 90.00:00:00.")]
    public TimeSpan ExportLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How many downloads may run at once; beyond it they are answered 503.</summary>
    [Range(1, 100, ErrorMessage = "Studies:MaxDownloads must be between 1 and 100.")]
    public int MaxDownloads { get; set; } = 4;

    /// <summary>How often what is past its time is destroyed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Studies:CheckInterval must be between 00:00:01 and 1.00:00:00.")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether there may be exports without the names of the course's accounts, where there is no Gateway that has any.</summary>
    public bool WithoutAccounts { get; set; }

    /// <summary>What students' numbers look like, a regular expression without look-arounds and back references; what matches is masked in exports.</summary>
    [Required(ErrorMessage = "Studies:IdPattern is empty: write a regular expression that students' numbers match.")]
    public string IdPattern { get; set; } = @"\b[A-Za-z]{0,2}\d{7,9}\b";

    /// <summary>What the IRIs of xAPI statements begin with, without a slash at the end.</summary>
    [Required, RegularExpression("^https?://[^ /?#]+(/[^ ?#]*[^ ?#/])?$", ErrorMessage = "Studies:IriBase must be an address such as https://lyceum.example.edu, without a slash at the end.")]
    public string IriBase { get; set; } = "https://lyceum.invalid";
}

/// <summary>Refuses an <see cref="StudiesOptions.IdPattern"/> that is none, or one that could take for ever.</summary>
internal sealed class IdPatternCheck : IValidateOptions<StudiesOptions>
{
    public ValidateOptionsResult Validate(string? name, StudiesOptions options)
    {
        try
        {
            return new Regex(options.IdPattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant).IsMatch("")
                ? ValidateOptionsResult.Fail("Studies:IdPattern matches the empty text: write one that needs at least a character.")
                : ValidateOptionsResult.Success;
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return ValidateOptionsResult.Fail($"Studies:IdPattern is no regular expression that can be used: {failure.Message}");
        }
    }
}
