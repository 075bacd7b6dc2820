namespace Lyceum.Gateway.Institution;

/// <summary>Why somebody who came from the institution's sign-in is not let in.</summary>
internal enum SignInFailure
{
    /// <summary>The person turned back, or the institution refused.</summary>
    Cancelled,

    /// <summary>The answer belongs to no sign-in that this browser has begun lately.</summary>
    Outdated,

    /// <summary>The institution's provider does not answer.</summary>
    Unreachable,

    /// <summary>What the provider has answered is not to be trusted.</summary>
    Untrusted,

    /// <summary>The provider did not say what the person is called, or has not verified the address.</summary>
    Nameless,

    /// <summary>Neither domain nor groups are among those that are let in.</summary>
    NotAllowed,

    /// <summary>Nobody is on the list under this login, or somebody else was.</summary>
    Unlisted,
}
