namespace Lyceum.ServiceDefaults.Resilience;

/// <summary>Sets how long one attempt of a request may wait for the response's headers; 30 s unless set.</summary>
public static class AttemptTimeout
{
    internal static readonly HttpRequestOptionsKey<TimeSpan> Key = new("Lyceum.AttemptTimeout");

    /// <summary>Bounds the wait for headers of one attempt at this request.</summary>
    public static void SetAttemptTimeout(this HttpRequestMessage request, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(Key, limit);
    }
}
