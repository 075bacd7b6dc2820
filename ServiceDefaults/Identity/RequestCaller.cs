namespace Lyceum.ServiceDefaults.Identity;

/// <summary>Says for whom a request to another service of ours is sent, where that is not who is just being served.</summary>
public static class RequestCaller
{
    internal static readonly HttpRequestOptionsKey<CallerIdentity> Key = new("Lyceum.Caller");

    /// <summary>Sends the request in the caller's name, with a token of its own: the one that came with a request may have expired, or that request be over.</summary>
    public static void SetCaller(this HttpRequestMessage request, CallerIdentity caller)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(Key, caller);
    }
}
