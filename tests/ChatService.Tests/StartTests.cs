using Lyceum.Testing;

namespace Lyceum.ChatService.Tests;

public sealed class StartTests
{
    [Theory]
    [InlineData("Tutor:Model", " ")]
    [InlineData("Tutor:IdleTimeout", "00:00:00")]
    [InlineData("Tutor:Strategy", "nice")]
    [InlineData("Conversations:TurnLease", "01:00:00")]
    public async Task A_wrong_setting_stops_the_start_and_is_named(string key, string value)
    {
        var (code, said) = await ServiceProcess.FailAsync(typeof(Program).Assembly, new Dictionary<string, string?>
        {
            ["ConnectionStrings:chatdb"] = "Host=127.0.0.1",
            [key] = value,
        });

        Assert.NotEqual(0, code);
        Assert.Contains(key, said, StringComparison.Ordinal);
    }
}
