using System.Diagnostics;
using Lyceum.AspireLocal.Running;

namespace Lyceum.AspireLocal.Tests.Running;

public sealed class RestartTests
{
    [Fact]
    public async Task A_program_that_keeps_failing_is_given_up_with_its_last_words()
    {
        var builder = TestApplication.NewBuilder();
        builder.AddExecutable("broken", "sh", ".", "-c", "echo the disk is full >&2; exit 7");
        await using var app = await TestApplication.StartAsync(builder);

        await Eventually.Is(() => app["broken"].State, state => state is ResourceState.FailedToStart or ResourceState.Exited);

        Assert.Equal(3, app["broken"].Restarts);
        Assert.Contains("exited with code 7: the disk is full", app["broken"].Reason, StringComparison.Ordinal);
        Assert.Contains("given up after 4 starts", app["broken"].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_given_up_with_its_name()
    {
        var builder = TestApplication.NewBuilder();
        builder.AddExecutable("absent", "no-such-program", ".");
        await using var app = await TestApplication.StartAsync(builder);

        await Eventually.Is(() => app["absent"].State, state => state is ResourceState.FailedToStart or ResourceState.Exited);

        Assert.Contains("no-such-program", app["absent"].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_further_failure_doubles_the_pause_up_to_the_longest()
    {
        var options = new RunOptions { RestartDelay = 500, MaxRestartDelay = 15_000 };

        Assert.Equal([0.5, 1, 2, 4, 8, 15, 15], Enumerable.Range(1, 7).Select(failures => options.DelayAfter(failures).TotalSeconds));
    }

    [Fact]
    public async Task A_service_that_crashes_is_started_again_on_the_same_port_and_becomes_ready_again()
    {
        var builder = TestApplication.NewBuilder();
        var api = builder.AddSample("api");
        await using var app = await TestApplication.StartAsync(builder);
        await app.ReadyAsync("api");

        var before = await SampleResources.CrashAsync(api);

        await Eventually.Is(() => app["api"].Restarts, restarts => restarts == 1);
        var after = await Eventually.Answers(() => TryPidAsync(api), pid => pid is not null);
        Assert.NotEqual(before, after);
        await Eventually.Is(() => app["api"].IsReady, ready => ready);
        Assert.Equal(2, app["api"].Console.After(0).Count(line => line.Text == "sample listens"));
    }

    [Fact]
    public async Task What_a_crashed_process_had_started_goes_with_it()
    {
        var builder = TestApplication.NewBuilder();
        builder.AddExecutable("parent", "sh", ".", "-c", "sleep 600 & echo $!; sleep 0.2; exit 1");
        await using var app = await TestApplication.StartAsync(builder);

        await Eventually.Is(() => app["parent"].State, state => state is ResourceState.FailedToStart or ResourceState.Exited);

        var children = app["parent"].Console.After(0).Where(line => !line.IsError).Select(line => int.Parse(line.Text, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(4, children.Length);
        await Eventually.Is(() => children.Count(Runs), count => count == 0);
    }

    private static bool Runs(int pid) => Process.GetProcesses().Any(process => process.Id == pid);

    private static async Task<string?> TryPidAsync(IResourceBuilder<ProjectResource> api)
    {
        try
        {
            return await SampleResources.GetAsync(api, "/pid");
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
