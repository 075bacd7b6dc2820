using System.Buffers;
using System.Text.RegularExpressions;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>
/// Masks secrets in what students write before it reaches a disk: keys with a known form, literals that are given to a password,
/// token, secret or key, and what is too random to be anything else (<see cref="RandomText"/>). A mask is as long as what it hides, because the positions in later edits count on it.
/// </summary>
internal static partial class Secrets
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>No secret is found without one of these, and most text holds none of them.</summary>
    private static readonly SearchValues<string> Hints = SearchValues.Create(
        ["sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "akia", "asia", "hf_", "glpat-", "xox", "aiza", "eyj", "lyc_", "lyi_",
        "private key", "pass", "pwd", "secret", "token", "key", "bearer", "://"],
        StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> SecretNames = SearchValues.Create(
        ["password", "passwd", "secret", "api_key", "apikey", "api-key", "access_token", "auth_token", "private_key", "authorization"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>The text with every secret in it replaced by asterisks.</summary>
    public static string Mask(string text) =>
        RandomText.Mask(text.AsSpan().ContainsAny(Hints) ? Known().Replace(Literals().Replace(text, Masked), Masked) : text);

    /// <summary>Whether a field of this name holds nothing but a secret.</summary>
    public static bool IsSecretName(string name) =>
        name.Equals("token", StringComparison.OrdinalIgnoreCase) || name.AsSpan().ContainsAny(SecretNames);

    /// <summary>As many asterisks as the text is long.</summary>
    public static string MaskAll(string text) => new('*', text.Length);

    private static string Masked(Match match)
    {
        var secret = match.Groups["secret"];
        var before = secret.Index - match.Index;
        return string.Concat(match.ValueSpan[..before], MaskAll(secret.Value), match.ValueSpan[(before + secret.Length)..]);
    }

    [GeneratedRegex(
        @"\b(?<secret>sk-[a-z0-9_-]{16,}|gh[pousr]_[a-z0-9]{20,}|github_pat_[a-z0-9_]{22,}|(AKIA|ASIA)[0-9A-Z]{16}|hf_[a-z0-9]{20,}"
        + @"|glpat-[a-z0-9_-]{20,}|xox[abprs]-[a-z0-9-]{10,}|AIza[a-z0-9_-]{35}|ly[ci]_[0-9a-f]{40}"
        + @"|eyJ[a-z0-9_-]{10,}\.[a-z0-9_-]{10,}\.[a-z0-9_-]{5,})"
        + @"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?<secret>(?s:.*?))(?=-----END|\z)"
        + @"|\bBearer\s{1,4}(?<secret>[a-z0-9._~+/-]{16,}=*)"
        + @"|://[^\s/:@""']{1,200}:(?<secret>[^\s/@""']{1,200})@", Options)]
    private static partial Regex Known();

    [GeneratedRegex(
        @"(password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)[a-z0-9_]{0,30}[""']?\]?\s{0,8}[:=]\s{0,8}[rbf]{0,2}"
        + @"(?<quote>[""'])(?<secret>(?:(?!\k<quote>)[^\r\n]){1,500})"
        + @"|[?&;](password|passwd|pwd|secret|token|api[_-]?key|access[_-]?token)=(?<secret>[^\s&;""'<>]{1,500})", Options)]
    private static partial Regex Literals();
}
