using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Tests.Nodes;

public sealed class NodeSettingsTests
{
    [Theory]
    [InlineData("Nodes:0", "gpu 1", "write the node's URL, such as http://gpu1:11434")]
    [InlineData("Nodes:0", "ftp://gpu1", "write the node's URL")]
    [InlineData("Nodes:0", "http://user:secret@gpu1:11434", "without user")]
    [InlineData("Nodes:1", "unknown-service", "services__unknown-service__http__0")]
    [InlineData("Aliases:tutor", " ", "Aliases:tutor is empty")]
    [InlineData("Limits:Idle", "00:00:00", "Limits:Idle must be between")]
    public async Task A_setting_that_cannot_be_meant_stops_the_start_and_says_what_to_write(string key, string value, string expected)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => ModelHostUnderTest.WithAsync(("Nodes:0", "http://gpu1:11434"), (key, value)));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
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
