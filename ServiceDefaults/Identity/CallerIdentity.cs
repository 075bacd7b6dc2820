using System.Security.Claims;

namespace Lyceum.ServiceDefaults.Identity;

/// <summary>Who makes a request, as Gateway or a service of ours vouches for it.</summary>
/// <param name="Subject">The account's id, or <c>service:&lt;name&gt;</c> for a service acting for itself.</param>
/// <param name="Name">A name to show to people.</param>
/// <param name="Learner">The keyed pseudonym of the account, the only name that analytics store; empty for a service.</param>
/// <param name="Course">The slug of the course that the caller is in; empty for a service.</param>
/// <param name="Roles">Some of <see cref="Identity.Roles"/>.</param>
public sealed record CallerIdentity(string Subject, string Name, string Learner, string Course, IReadOnlyList<string> Roles)
{
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
        return new ClaimsPrincipal(identity);
    }
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
            [.. user.FindAll("roles").Select(claim => claim.Value)]);

        string Required(string type) => user.FindFirst(type)?.Value
            ?? throw new InvalidOperationException($"The caller has no '{type}': the endpoint must require an authenticated user.");
    }
}
