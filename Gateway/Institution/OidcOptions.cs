using System.ComponentModel.DataAnnotations;
using Lyceum.Gateway.Accounts;

namespace Lyceum.Gateway.Institution;

/// <summary>The section <c>SignIn:Oidc</c> of Gateway's configuration: sign-in at the institution by OpenID Connect. Without it there is none.</summary>
internal sealed class OidcOptions : IValidatableObject
{
    public const string Section = "SignIn:Oidc";

    /// <summary>The issuer, under which <c>/.well-known/openid-configuration</c> lies; https, but for one on this machine.</summary>
    [Required(ErrorMessage = "SignIn:Oidc:Authority is missing: write the address of the institution's OpenID provider, or take the whole section away.")]
    public Uri? Authority { get; set; }

    /// <summary>What the provider calls Lyceum.</summary>
    [Required(ErrorMessage = "SignIn:Oidc:ClientId is missing: the provider names it where Lyceum is registered there.")]
    public string ClientId { get; set; } = "";

    /// <summary>What Lyceum proves to the provider with that it is Lyceum.</summary>
    [Required(ErrorMessage = "SignIn:Oidc:ClientSecret is missing: the provider makes one where Lyceum is registered there.")]
    public string ClientSecret { get; set; } = "";

    /// <summary>Where browsers find Lyceum, such as <c>https://lyceum.example.edu</c>; needed behind a proxy that ends TLS.</summary>
    public Uri? PublicAddress { get; set; }

    /// <summary>What the sign-in page calls the institution.</summary>
    [Required, StringLength(60, ErrorMessage = "SignIn:Oidc:Name must have 1 to 60 characters.")]
    public string Name { get; set; } = "your institution";

    /// <summary>The name where people can sign in there; null where they cannot.</summary>
    public string? OfferedName => Authority is null ? null : Name;

    /// <summary>What is asked for, separated by spaces.</summary>
    [Required, RegularExpression("(^|.* )openid( .*|$)", ErrorMessage = "SignIn:Oidc:Scopes must have openid among them.")]
    public string Scopes { get; set; } = "openid profile email";

    /// <summary>The claim that is compared with the logins on the list of people.</summary>
    [Required(ErrorMessage = "SignIn:Oidc:LoginClaim must not be empty.")]
    public string LoginClaim { get; set; } = "email";

    /// <summary>Who is let in: those on the list of people alone, or anybody whom the provider signs in and the rules below allow.</summary>
    [EnumDataType(typeof(Admission), ErrorMessage = "SignIn:Oidc:Admits must be Listed or Anybody.")]
    public Admission Admits { get; set; } = Admission.Listed;

    /// <summary>The course of people who were not on the list; the owner's unless given.</summary>
    [RegularExpression(AccountsOptions.CoursePattern, ErrorMessage = "SignIn:Oidc:Course must be a slug: lower-case letters, digits and hyphens, at most 63.")]
    public string? Course { get; set; }

    /// <summary>What may follow the @ of a login; empty for everything.</summary>
    public IList<string> AllowedDomains { get; } = [];

    /// <summary>The claim that says which groups somebody is in.</summary>
    [Required(ErrorMessage = "SignIn:Oidc:GroupsClaim must not be empty.")]
    public string GroupsClaim { get; set; } = "groups";

    /// <summary>Groups of which somebody has to be in one; empty for everybody.</summary>
    public IList<string> AllowedGroups { get; } = [];

    /// <summary>Groups whose people become instructors if they were not on the list.</summary>
    public IList<string> InstructorGroups { get; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Authority is not null && !IsWeb(Authority, mayBePlain: Authority.IsAbsoluteUri && Authority.IsLoopback))
        {
            yield return new ValidationResult("SignIn:Oidc:Authority must begin with https://, since nobody else may tell Lyceum who is who.");
        }

        if (PublicAddress is not null && (!IsWeb(PublicAddress, mayBePlain: true) || PublicAddress.AbsolutePath != "/"))
        {
            yield return new ValidationResult("SignIn:Oidc:PublicAddress must be an address without a path, such as https://lyceum.example.edu.");
        }
    }

    private static bool IsWeb(Uri address, bool mayBePlain) =>
        address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || (mayBePlain && address.Scheme == Uri.UriSchemeHttp));
}

/// <summary>Whom sign-in at the institution lets in.</summary>
internal enum Admission
{
    /// <summary>Those whose login is on the list of people.</summary>
    Listed,

    /// <summary>Them, and everybody else, who gets an account that way.</summary>
    Anybody,
}
