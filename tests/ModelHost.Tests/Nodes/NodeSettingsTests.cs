using System.Diagnostics;

namespace Lyceum.ModelHost.Tests.Nodes;

public sealed class NodeSettingsTests
{
    [Fact]
    public async Task Settings_that_cannot_be_meant_stop_the_start_and_say_what_to_write()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["Identity__Key"] = Lyceum.Testing.TestIdentity.Key,
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["Nodes__0"] = "gpu 1",
            ["Nodes__1"] = "ftp://gpu1",
            ["Nodes__2"] = "http://user:secret@gpu1:11434",
            ["Nodes__3"] = "unknown-service",
            ["Aliases__tutor"] = " ",
            ["Limits__Idle"] = "00:00:00",
        })
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var said = await process.StandardError.ReadToEndAsync(limit.Token) + await output;
        await process.WaitForExitAsync(limit.Token);
        Assert.NotEqual(0, process.ExitCode);
        foreach (var expected in new[]
        {
            "Nodes:0 is 'gpu 1': write the node's URL, such as http://gpu1:11434",
            "Nodes:1 is 'ftp://gpu1'",
            "Nodes:2 is not a URL to use: leave out user",
            "services__unknown-service__http__0",
            "Aliases:tutor is empty",
            "Limits:Idle must be between",
        })
        {
            Assert.Contains(expected, said, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("secret@", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_may_be_named_by_service_discovery_and_a_blank_one_is_none()
    {
        await using var node = await ScriptedNode.StartAsync(context => Task.CompletedTask);
        await using var host = await ModelHostUnderTest.WithAsync(("Nodes:0", ""), ("Nodes:1", "ollama"), ("services:ollama:http:0", node.Address.ToString()));
        var entry = Assert.Single((await host.GetAsync("/api/tags")).GetProperty("models").EnumerateArray());
        Assert.Equal("tiny:latest", entry.GetProperty("name").GetString());
        Assert.Equal(1, entry.GetProperty("surprise")[0].GetInt32());
        Assert.Equal("0.9.9", (await host.GetAsync("/api/version")).GetProperty("version").GetString());
    }
}
