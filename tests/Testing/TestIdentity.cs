using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.Testing;

/// <summary>Identities as Gateway would issue them, for tests that talk to a service directly.</summary>
public static class TestIdentity
{
    /// <summary>The signing secret that services under test are given.</summary>
    public const string Key = "a secret for tests only, 32 characters or more";

    public static CallerIdentity Student(string name = "sam", string course = "default") =>
        new($"account-{name}", name, $"learner-{name}", course, [Roles.Student]);

    public static CallerIdentity Instructor(string name = "ines", string course = "default") =>
        new($"account-{name}", name, $"learner-{name}", course, [Roles.Instructor]);

    public static CallerIdentity Owner(string course = "default") =>
        new("owner", "owner", "learner-owner", course, [Roles.Owner, Roles.Instructor]);

    public static CallerIdentity Service(string name = "kernelservice") =>
        new($"service:{name}", name, "", "", [Roles.Service]);

    /// <summary>A token for the caller, valid for five minutes.</summary>
    public static string Token(CallerIdentity caller) =>
        new IdentityTokens(Key, IdentityTokens.InternalPurpose, "gateway", TimeSpan.FromMinutes(5), TimeProvider.System).Issue(caller);

    /// <summary>Makes every request of the client come from the caller.</summary>
    public static HttpClient As(this HttpClient client, CallerIdentity caller)
    {
        client.DefaultRequestHeaders.Remove(IdentityHeader.Name);
        client.DefaultRequestHeaders.Add(IdentityHeader.Name, Token(caller));
        return client;
    }
}
