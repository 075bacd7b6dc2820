namespace Lyceum.Gateway.Accounts;

/// <summary>What the institution's sign-in calls somebody: an e-mail address, as a rule.</summary>
internal static class Login
{
    public const int MaxLength = 254;

    /// <summary>As it is compared, in lower case; null for what is none.</summary>
    public static string? Read(string? text) =>
        text?.Trim() is { Length: > 0 and <= MaxLength } login && !login.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter)) ? login.ToLowerInvariant() : null;
}
