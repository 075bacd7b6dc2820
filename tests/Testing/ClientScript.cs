using System.Diagnostics;
using Xunit;

namespace Lyceum.Testing;

/// <summary>Runs a script of <c>tests/clients</c>, which holds npm's own clients of the APIs.</summary>
public static class ClientScript
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs one, and fails with what the script said when it did not end well.</summary>
    public static async Task RunAsync(string script, IReadOnlyDictionary<string, string> settings)
    {
        var folder = await NpmFolder.EnsureAsync("clients");
        var start = new ProcessStartInfo("node", [Path.Combine(folder, script)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0 && (await output).EndsWith("done\n", StringComparison.Ordinal), $"{script}: {errors}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
