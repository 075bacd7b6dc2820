using System.Diagnostics;

namespace Lyceum.ModelHost.Tests.Nodes;

public sealed class NodeSettingsTests
{
    [Fact]
    public async Task Settings_that_cannot_be_meant_stop_the_start_and_say_what_to_write()
    {
        var said = await StartInVainAsync(new Dictionary<string, string>
        {
            ["Nodes__0"] = "gpu 1",
            ["Nodes__1"] = "ftp://gpu1",
            ["Nodes__2"] = "http://user:secret@gpu1:11434",
            ["Nodes__3"] = "unknown-service",
            ["Nodes__4__Url"] = "https://vllm",
            ["Nodes__4__Kind"] = "vllm",
            ["Nodes__4__Dns"] = "true",
            ["Nodes__4__ApiKey"] = "sk secret@",
            ["Nodes__5__Url"] = "http://vllm",
            ["Nodes__5__ApiKeyFile"] = "/nowhere/key",
            ["Nodes__5__Models__0"] = "a=b",
            ["Aliases__tutor"] = " ",
            ["Limits__Idle"] = "00:00:00",
        });
        foreach (var expected in new[]
        {
            "Nodes:0 is 'gpu 1': write the node's URL, such as http://gpu1:11434",
            "Nodes:1 is 'ftp://gpu1'",
            "Nodes:2 is not a URL to use: leave out user",
            "services__unknown-service__http__0",
            "Nodes:4:Kind must be ollama or openai",
            "Nodes:4:Dns needs a URL that begins with http://",
            "Nodes:4:ApiKey has characters",
            "Nodes:5:ApiKeyFile is '/nowhere/key', which cannot be read",
            "Nodes:5:Models has 'a=b'",
            "Aliases:tutor is empty",
            "Limits:Idle must be between",
        })
        {
            Assert.Contains(expected, said, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("secret@", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_do_a_models_policy_and_a_time_that_cannot_be_meant()
    {
        var said = await StartInVainAsync(new Dictionary<string, string>
        {
            ["ModelPolicies__0__KeepAlive"] = "soon",
            ["Warmup__TimeZone"] = "Mars/Olympus",
            ["Warmup__Schedule__0__Cron"] = "at nine",
        });
        foreach (var expected in new[]
        {
            "ModelPolicies:0:Name is empty",
            "ModelPolicies:0:KeepAlive is 'soon'",
            "Warmup:TimeZone is 'Mars/Olympus'",
            "Warmup:Schedule:0:Cron is 'at nine'",
            "Warmup:Schedule:0:Models is empty",
        })
        {
            Assert.Contains(expected, said, StringComparison.Ordinal);
        }
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

    private static async Task<string> StartInVainAsync(IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["Identity__Key"] = Lyceum.Testing.TestIdentity.Key;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach (var (key, value) in settings)
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var said = await process.StandardError.ReadToEndAsync(limit.Token) + await output;
        await process.WaitForExitAsync(limit.Token);
        Assert.NotEqual(0, process.ExitCode);
        return said;
    }
}
