using System.Diagnostics;

namespace Lyceum.EndToEnd.Tests;

[Collection(nameof(RunningSuite))]
public sealed class VsCodeTests(RunningSuite running)
{
    [Fact]
    public async Task What_VS_Code_asks_of_an_existing_Jupyter_server_is_answered()
    {
        var token = await running.Suite.CreateStudentAsync($"Student {Guid.NewGuid():N}");
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var node = Process.Start(new ProcessStartInfo("node",
        [
            Path.Combine(Suite.Repository, "tests", "EndToEnd.Tests", "vscode.mjs"), Path.Combine(Suite.Repository, "web"), new Uri(running.Suite.Gateway, $"/lab?token={token}").ToString(),
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var errors = node.StandardError.ReadToEndAsync(limit.Token);
            var output = await node.StandardOutput.ReadToEndAsync(limit.Token);
            await node.WaitForExitAsync(limit.Token);
            Assert.True(node.ExitCode == 0 && output.EndsWith("done\n", StringComparison.Ordinal), $"{output}{await errors}");
        }
        finally
        {
            node.Kill(entireProcessTree: true);
        }
    }
}
