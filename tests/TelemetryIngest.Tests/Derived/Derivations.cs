using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests.Derived;

/// <summary>Events that are taken in, and what is derived from them.</summary>
internal static class Derivations
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Sends events, all of which must be taken.</summary>
    public static async Task StoreAsync(this ServiceUnderTest<Program> to, params IEnumerable<Dictionary<string, object?>> events)
    {
        using var service = to.ClientFor(TestIdentity.Service());
        var all = events.ToList();
        Assert.Equal((all.Count, 0, ""), await service.SendAsync(all).IngestedAsync());
    }

    /// <summary>Waits until nothing of a course is left to derive.</summary>
    public static async Task DerivedAsync(this ServiceUnderTest<Program> service, string course)
    {
        using var instructor = service.ClientFor(TestIdentity.Instructor(course: course));
        await Calls.UntilAsync(
            async () => await instructor.GetAsync($"/telemetry/courses/{course}/derivation").JsonAsync() is var state
                && state.GetProperty("learners").GetInt64() + state.GetProperty("code").GetInt64() == 0,
            Patience);
    }
}
