using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace Lyceum.ServiceDefaults.Identity;

/// <summary>Who makes a request, as Gateway or a service of ours vouches for it.</summary>
/// <param name="Subject">The account's id, or <c>service:&lt;name&gt;</c> for a service acting for itself.</param>
/// <param name="Name">A name to show to people.</param>
/// <param name="Learner">The keyed pseudonym of the account, the only name that analytics store; empty for a service.</param>
/// <param name="Course">The slug of the course that the caller is in; empty for a service.</param>
/// <param name="Roles">Some of <see cref="Identity.Roles"/>.</param>
public sealed record CallerIdentity(string Subject, string Name, string Learner, string Course, IReadOnlyList<string> Roles)
{
    /// <summary>How a caller with the role <see cref="Identity.Roles.Source"/> names learners; null for everybody else.</summary>
    public LearnerSource? Source { get; init; }

    /// <summary>The principal that <see cref="CallerIdentityClaims.Caller"/> reads this back from.</summary>
    /// <param name="scheme">The authentication scheme that vouches for it.</param>
    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        var identity = new ClaimsIdentity(scheme, nameType: "name", roleType: "roles");
        identity.AddClaim(new Claim("sub", Subject));
        identity.AddClaim(new Claim("name", Name));
        identity.AddClaim(new Claim("learner", Learner));
        identity.AddClaim(new Claim("course", Course));
        identity.AddClaims(Roles.Select(role => new Claim("roles", role)));
        if (Source is not null)
        {
            identity.AddClaim(new Claim(LearnerSource.FieldClaim, Source.Field));
            identity.AddClaim(new Claim(LearnerSource.KeyClaim, Source.Key));
        }

        return new ClaimsPrincipal(identity);
    }
}

/// <summary>How a source of events names its learners.</summary>
/// <param name="Field">Where in what it sends the name is: fields with dots between them, or <c>?name</c> for the URL's query.</param>
/// <param name="Key">The key that turns the name into a pseudonym of this course, base64url; made by Gateway for one course.</param>
public sealed record LearnerSource(string Field, string Key)
{
    /// <summary>The pseudonym, in the key's course, of a learner by this name: the first 128 bits of HMAC-SHA256, as hex.</summary>
    public string PseudonymOf(string name) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Base64Url.DecodeFromChars(Key), Encoding.UTF8.GetBytes("learner/" + name)).AsSpan(0, 16));

    internal const string FieldClaim = "source_field";
    internal const string KeyClaim = "source_key";
}

/// <summary>Reads the <see cref="CallerIdentity"/> back from an authenticated request.</summary>
public static class CallerIdentityClaims
{
    /// <summary>The caller that this principal stands for.</summary>
    /// <exception cref="InvalidOperationException">The principal was not made from an identity token.</exception>
    public static CallerIdentity Caller(this ClaimsPrincipal user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return new CallerIdentity(
            Required("sub"),
            Required("name"),
            Required("learner"),
            Required("course"),
            [.. user.FindAll("roles").Select(claim => claim.Value)])
        {
            Source = user.FindFirst(LearnerSource.FieldClaim) is { } field ? new LearnerSource(field.Value, Required(LearnerSource.KeyClaim)) : null,
        };

        string Required(string type) => user.FindFirst(type)?.Value
            ?? throw new InvalidOperationException($"The caller has no '{type}': the endpoint must require an authenticated user.");
    }
}
