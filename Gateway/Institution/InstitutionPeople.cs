using System.Security.Claims;
using Lyceum.Gateway.Accounts;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.Gateway.Institution;

/// <summary>Decides who somebody is here whom the institution has signed in.</summary>
internal sealed class InstitutionPeople(AccountStore accounts, IOptions<OidcOptions> options, IOptions<AccountsOptions> defaults)
{
    private readonly OidcOptions _options = options.Value;

    /// <summary>The person's account, or why there is none.</summary>
    public async Task<(Account? Account, SignInFailure? Failure)> AdmitAsync(ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        if (person.FindFirst("sub") is not { Value.Length: > 0 } subject || LoginOf(person) is not { } login)
        {
            return (null, SignInFailure.Nameless);
        }

        if (!IsAllowed(person, login))
        {
            return (null, SignInFailure.NotAllowed);
        }

        // An address may be given to somebody else some day; issuer and subject never are.
        var identity = $"{subject.Issuer} {subject.Value}";
        var account = await accounts.FindByIdentityAsync(identity, login, cancellationToken);
        if (account is null && _options.Admits == Admission.Anybody)
        {
            await accounts.AddAsync(new(NameOf(person, login), _options.Course ?? defaults.Value.Course, [RoleOf(person)], login), identity, cancellationToken);
            account = await accounts.FindByIdentityAsync(identity, login, cancellationToken);
        }

        return account is null ? (null, SignInFailure.Unlisted) : (account, null);
    }

    private string? LoginOf(ClaimsPrincipal person)
    {
        // An address that its holder has only claimed to have would open anybody's account.
        var isDoubtful = _options.LoginClaim == "email" && string.Equals(person.FindFirst("email_verified")?.Value, "false", StringComparison.OrdinalIgnoreCase);
        return isDoubtful ? null : Login.Read(person.FindFirst(_options.LoginClaim)?.Value);
    }

    private bool IsAllowed(ClaimsPrincipal person, string login) =>
        (_options.AllowedDomains.Count == 0 || _options.AllowedDomains.Any(domain => login.EndsWith("@" + domain, StringComparison.OrdinalIgnoreCase)))
        && (_options.AllowedGroups.Count == 0 || IsInOneOf(person, _options.AllowedGroups));

    private string RoleOf(ClaimsPrincipal person) => IsInOneOf(person, _options.InstructorGroups) ? Roles.Instructor : Roles.Student;

    private bool IsInOneOf(ClaimsPrincipal person, IList<string> groups) =>
        person.FindAll(_options.GroupsClaim).Any(group => groups.Contains(group.Value, StringComparer.Ordinal));

    private static string NameOf(ClaimsPrincipal person, string login)
    {
        var name = new string([.. (person.FindFirst("name")?.Value ?? "").Where(letter => !char.IsControl(letter))]).Trim();
        return name.Length is 0 or > AccountEndpoints.MaxNameLength ? login[..Math.Min(login.Length, AccountEndpoints.MaxNameLength)] : name;
    }
}
