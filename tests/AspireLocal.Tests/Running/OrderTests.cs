using Lyceum.AspireLocal.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Lyceum.AspireLocal.Tests.Running;

public sealed class OrderTests
{
    [Fact]
    public async Task A_resource_starts_only_once_what_it_waits_for_is_healthy()
    {
        using var folder = new TemporaryFolder();
        var journal = folder.Of("journal");
        var builder = TestApplication.NewBuilder();
        var first = builder.AddSample("first").WithEnvironment("SAMPLE_READY_WHEN", folder.Of("go")).WithEnvironment("SAMPLE_JOURNAL", journal);
        builder.AddSample("second").WithEnvironment("SAMPLE_JOURNAL", journal).WaitFor(first);
        await using var app = await TestApplication.StartAsync(builder);

        await Eventually.Is(() => app["first"].Reason, reason => reason?.Contains("503", StringComparison.Ordinal) == true);
        Assert.Equal(ResourceState.Waiting, app["second"].State);
        Assert.Equal("waits for first", app["second"].Reason);

        await File.WriteAllTextAsync(folder.Of("go"), "");
        await app.ReadyAsync("second");
        await app.StopAsync();

        Assert.Equal(["first started", "second started", "second stopped", "first stopped"], await File.ReadAllLinesAsync(journal));
    }

    [Fact]
    public async Task A_registered_health_check_decides_when_a_program_is_ready()
    {
        var healthy = false;
        var builder = TestApplication.NewBuilder();
        builder.Services.AddHealthChecks().AddCheck("door", () => Volatile.Read(ref healthy) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("closed"));
        var announced = 0;
        builder.AddExecutable("program", "sleep", ".", "600").WithHealthCheck("door")
            .OnResourceReady((_, _, _) =>
            {
                Interlocked.Increment(ref announced);
                return Task.CompletedTask;
            });
        await using var app = await TestApplication.StartAsync(builder);

        await Eventually.Is(() => app["program"].Reason, reason => reason == "closed");
        Assert.False(app["program"].IsReady);
        Assert.Equal(0, announced);

        Volatile.Write(ref healthy, true);
        await app.ReadyAsync("program");
        await Eventually.Is(() => announced, count => count == 1);
    }

    [Fact]
    public async Task Resources_that_wait_for_each_other_are_refused()
    {
        var builder = TestApplication.NewBuilder();
        var first = builder.AddSample("first");
        var second = builder.AddSample("second").WaitFor(first);
        first.WaitFor(second);

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => TestApplication.StartAsync(builder));

        Assert.Contains("circle: first, second", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_is_refused_with_what_to_do_instead()
    {
        var builder = TestApplication.NewBuilder();
        builder.AddRedis("cache");

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => TestApplication.StartAsync(builder));

        Assert.Contains("cache", refused.Message, StringComparison.Ordinal);
        Assert.Contains("UseAspire=true", refused.Message, StringComparison.Ordinal);
    }
}
