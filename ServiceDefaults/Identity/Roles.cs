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

    /// <summary>One of our services, acting for itself.</summary>
    public const string Service = "service";
}

/// <summary>Names of the authorization policies that every service has.</summary>
public static class Policies
{
    /// <summary>An instructor of the course, or the owner.</summary>
    public const string Instructor = "instructor";

    internal static void Add(AuthorizationOptions options)
    {
        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
        options.AddPolicy(Instructor, policy => policy.RequireRole(Roles.Instructor, Roles.Owner));
    }
}
