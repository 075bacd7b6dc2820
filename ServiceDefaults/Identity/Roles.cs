using Microsoft.AspNetCore.Authorization;

namespace Lyceum.ServiceDefaults.Identity;

/// <summary>What a caller may be.</summary>
public static class Roles
{
    /// <summary>Runs the installation; may do everything an instructor may.</summary>
    public const string Owner = "owner";

    /// <summary>Sees the class and manages the people of a course.</summary>
    public const string Instructor = "instructor";

    /// <summary>Works in notebooks and asks the tutor.</summary>
    public const string Student = "student";

    /// <summary>Holds a course's ingest key: may do what <see cref="SendsEvents"/> and <see cref="AsksTutor"/> say, as far as it has them, and nothing else.</summary>
    public const string Source = "source";

    /// <summary>Of a <see cref="Source"/>: sends events of the course's learners.</summary>
    public const string SendsEvents = "source-events";

    /// <summary>Of a <see cref="Source"/>: asks the tutor for students of the course whom it names.</summary>
    public const string AsksTutor = "source-tutor";

    /// <summary>One of our services, acting for itself.</summary>
    public const string Service = "service";
}

/// <summary>Names of the authorization policies that every service has.</summary>
public static class Policies
{
    /// <summary>An instructor of the course, or the owner.</summary>
    public const string Instructor = "instructor";

    /// <summary>The owner.</summary>
    public const string Owner = "owner";

    /// <summary>Whoever may ask the tutor: everybody, a <see cref="Roles.Source"/> with <see cref="Roles.AsksTutor"/>, for a learner whom it names.</summary>
    public const string OnBehalf = "on-behalf";

    /// <summary>Whoever may send learning events: everybody, a <see cref="Roles.Source"/> with <see cref="Roles.SendsEvents"/>.</summary>
    public const string Ingest = "ingest";

    /// <summary>One of our services, acting for itself; also where callers are signed in otherwise, as at Gateway.</summary>
    public const string Service = "service";

    internal static void Add(AuthorizationOptions options)
    {
        // An ingest key lies in the configuration of machines that we do not know: what does not ask for it does not take it.
        options.DefaultPolicy = options.FallbackPolicy = EverybodyAndSources(null);
        options.AddPolicy(Service, policy => policy.AddAuthenticationSchemes(IdentityHeader.Scheme).RequireRole(Roles.Service));
        options.AddPolicy(Ingest, EverybodyAndSources(Roles.SendsEvents));
        options.AddPolicy(Owner, policy => policy.RequireRole(Roles.Owner));
        options.AddPolicy(OnBehalf, EverybodyAndSources(Roles.AsksTutor));
        options.AddPolicy(Instructor, policy => policy.RequireRole(Roles.Instructor, Roles.Owner));
    }
    private static AuthorizationPolicy EverybodyAndSources(string? with) => new AuthorizationPolicyBuilder()
        .RequireAuthenticatedUser()
        .RequireAssertion(context => !context.User.IsInRole(Roles.Source) || (with is not null && context.User.IsInRole(with)))
        .Build();
}
