using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.ServiceDefaults.Identity;

/// <summary>
/// Issues and verifies signed tokens that carry a <see cref="CallerIdentity"/>: JWTs (RFC 7519) with HS256 (RFC 7518, 3.2).
/// Only our own header is accepted, so the algorithm is never the sender's choice.
/// </summary>
public sealed class IdentityTokens
{
    private const int MaxTokenLength = 4096;
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    private readonly byte[] _key;
    private readonly string _issuer;
    private readonly TimeSpan _lifetime;
    private readonly TimeProvider _time;

    /// <summary>Makes tokens for one purpose; a token made for another purpose does not verify.</summary>
    /// <param name="secret">The shared secret, at least 32 characters.</param>
    /// <param name="purpose">What the tokens are for; part of the signing key.</param>
    /// <param name="issuer">Who issues them.</param>
    /// <param name="lifetime">How long they are taken after issue.</param>
    /// <param name="time">The clock.</param>
    public IdentityTokens(string secret, string purpose, string issuer, TimeSpan lifetime, TimeProvider time)
    {
        _key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes("lyceum/" + purpose));
        _issuer = issuer;
        _lifetime = lifetime;
        _time = time;
    }

    /// <summary>The purpose of the tokens that services exchange.</summary>
    public const string InternalPurpose = "identity";

    /// <summary>Signs a token that says who the caller is.</summary>
    public string Issue(CallerIdentity caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var expires = _time.GetUtcNow().Add(_lifetime).ToUnixTimeSeconds();
        var claims = new TokenClaims(_issuer, caller.Subject, caller.Name, caller.Learner, caller.Course, caller.Roles, expires, caller.Source?.Field, caller.Source?.Key);
        var payload = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, TokenJson.Default.TokenClaims));
        var signed = $"{Header}.{payload}";
        return $"{signed}.{Base64Url.EncodeToString(Sign(signed))}";
    }

    /// <summary>The caller that a token names, or null when it is not ours, altered, or expired.</summary>
    public CallerIdentity? Read(string? token)
    {
        if (token is null || token.Length > MaxTokenLength || !token.StartsWith(Header + ".", StringComparison.Ordinal))
        {
            return null;
        }

        var end = token.LastIndexOf('.');
        if (end <= Header.Length || !TryDecode(token.AsSpan(end + 1), out var signature)
            || !CryptographicOperations.FixedTimeEquals(signature, Sign(token[..end]))
            || !TryDecode(token.AsSpan(Header.Length + 1, end - Header.Length - 1), out var payload))
        {
            return null;
        }

        var claims = JsonSerializer.Deserialize(payload, TokenJson.Default.TokenClaims);
        return claims is null || claims.Expires <= _time.GetUtcNow().ToUnixTimeSeconds()
            ? null
            : new CallerIdentity(claims.Subject, claims.Name, claims.Learner, claims.Course, claims.Roles)
            {
                Source = claims is { SourceField: { } field, SourceKey: { } key } ? new LearnerSource(field, key) : null,
            };
    }

    private byte[] Sign(string text) => HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(text));

    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = Base64Url.IsValid(text, out var length) ? new byte[length] : [];
        return bytes.Length > 0 && Base64Url.TryDecodeFromChars(text, bytes, out _);
    }
}

internal sealed record TokenClaims(
    [property: JsonPropertyName("iss")] string Issuer,
    [property: JsonPropertyName("sub")] string Subject,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("learner")] string Learner,
    [property: JsonPropertyName("course")] string Course,
    [property: JsonPropertyName("roles")] IReadOnlyList<string> Roles,
    [property: JsonPropertyName("exp")] long Expires,
    [property: JsonPropertyName(LearnerSource.FieldClaim), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SourceField,
    [property: JsonPropertyName(LearnerSource.KeyClaim), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SourceKey);

[JsonSerializable(typeof(TokenClaims))]
internal sealed partial class TokenJson : JsonSerializerContext;
