using System.Text.Json.Serialization;

namespace Lyceum.Gateway.Accounts;

/// <summary>Somebody who can sign in.</summary>
/// <param name="Id">A UUIDv7, or <c>owner</c>.</param>
/// <param name="Name">The name to show.</param>
/// <param name="Course">The slug of the course that the account is in.</param>
/// <param name="Roles">Some of <c>owner</c>, <c>instructor</c>, <c>student</c>.</param>
/// <param name="Learner">The pseudonym under which analytics know the account.</param>
/// <param name="CreatedAt">When it was made, UTC; null for the owner.</param>
public sealed record Account(string Id, string Name, string Course, IReadOnlyList<string> Roles, string Learner, DateTimeOffset? CreatedAt)
{
    /// <summary>What the institution's sign-in calls the person, in lower case; null for somebody who signs in by link alone.</summary>
    public string? Login { get; init; }

    /// <summary>Which token the account has, without telling it: sessions and connections end when it is another one.</summary>
    [JsonIgnore]
    internal string Credential { get; init; } = "";
}

/// <summary>The people of a course.</summary>
/// <param name="Accounts">By name.</param>
/// <param name="Institution">Where people can sign in without a link, as the sign-in page calls it; null for nowhere.</param>
public sealed record AccountList(IReadOnlyList<Account> Accounts, string? Institution);

/// <summary>What the people of a course are called.</summary>
/// <param name="Names">The names, without the owner's.</param>
public sealed record AccountNames(IReadOnlyList<string> Names);

/// <summary>Asks for a new account.</summary>
/// <param name="Name">The name to show, 1 to 100 characters.</param>
/// <param name="Roles"><c>student</c> (the default), <c>instructor</c> or both; only the owner makes instructors.</param>
/// <param name="Course">The slug of the course, the caller's unless given; only the owner names another one, which need not exist yet.</param>
/// <param name="Login">What the institution's sign-in calls the person, such as their e-mail address, at most 254 characters without spaces; nobody else's.</param>
public sealed record NewAccount(string? Name, IReadOnlyList<string>? Roles, string? Course, string? Login = null);

/// <summary>Says what the institution's sign-in calls somebody from now on.</summary>
/// <param name="Login">As in <see cref="NewAccount"/>; null for somebody who signs in by link alone.</param>
public sealed record NewLogin(string? Login);

/// <summary>Asks for many accounts at once, of which either all are made or none.</summary>
/// <param name="Accounts">1 to 1000.</param>
public sealed record NewAccounts(IReadOnlyList<NewAccount>? Accounts);

/// <summary>New accounts.</summary>
/// <param name="Accounts">In the order in which they were asked for.</param>
public sealed record CreatedAccounts(IReadOnlyList<CreatedAccount> Accounts);

/// <summary>An account with its new token, which is shown this once and kept only as a hash.</summary>
/// <param name="Account">The account.</param>
/// <param name="Token">What its holder signs in with.</param>
/// <param name="SignInPath">The path on this address that signs its visitor in.</param>
public sealed record CreatedAccount(Account Account, string Token, string SignInPath);

/// <summary>Who the caller is.</summary>
/// <param name="Subject">The account's id.</param>
/// <param name="Name">The name to show.</param>
/// <param name="Course">The course's slug.</param>
/// <param name="Roles">What the caller may be.</param>
public sealed record Self(string Subject, string Name, string Course, IReadOnlyList<string> Roles);

[JsonSerializable(typeof(AccountList))]
[JsonSerializable(typeof(AccountNames))]
[JsonSerializable(typeof(NewAccount))]
[JsonSerializable(typeof(NewAccounts))]
[JsonSerializable(typeof(NewLogin))]
[JsonSerializable(typeof(CreatedAccount))]
[JsonSerializable(typeof(CreatedAccounts))]
[JsonSerializable(typeof(Self))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class AccountJson : JsonSerializerContext;
