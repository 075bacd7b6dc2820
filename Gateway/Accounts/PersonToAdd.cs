namespace Lyceum.Gateway.Accounts;

/// <summary>Somebody who is to have an account.</summary>
/// <param name="Name">The name to show.</param>
/// <param name="Course">The course's slug.</param>
/// <param name="Roles">Of <c>instructor</c> and <c>student</c>.</param>
/// <param name="Login">What the institution's sign-in calls them, as <see cref="Accounts.Login.Read"/> has it; null for nothing.</param>
internal sealed record PersonToAdd(string Name, string Course, string[] Roles, string? Login);

/// <summary>What has become of a change of a login.</summary>
/// <param name="Account">The account as it is now; null if it is not there, or not the caller's to change, or nothing was changed.</param>
/// <param name="IsTaken">Whether somebody else has the login.</param>
internal sealed record LoginChange(Account? Account, bool IsTaken);
