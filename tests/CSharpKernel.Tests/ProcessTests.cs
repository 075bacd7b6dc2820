using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Lyceum.CSharpKernel.Tests;

public sealed class ProcessTests
{
    [Fact]
    public async Task The_kernel_ends_with_the_process_that_started_it()
    {
        using var parent = Process.Start(new ProcessStartInfo("sleep", ["600"]))!;
        var kernel = new RunningKernel();
        try
        {
            await kernel.StartAsync([KeyValuePair.Create("JPY_PARENT_PID", parent.Id.ToString(CultureInfo.InvariantCulture))]);
            Assert.False(kernel.Process.HasExited);
            parent.Kill();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await kernel.Process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            await kernel.DisposeAsync();
        }
    }

    [Theory]
    // The reference client finds the kernel there, starts it over tcp, and gets on with it.
    [InlineData("peer.py")]
    // Jupyter's own test suite for kernels.
    [InlineData("csharp_suite.py")]
    public async Task Installing_writes_a_kernelspec_that_starts_this_kernel(string client)
    {
        var prefix = Directory.CreateTempSubdirectory("cskernel-prefix-").FullName;
        try
        {
            Assert.Equal((0, ""), await RunAsync("dotnet", RunningKernel.Program, "--install", "--prefix", prefix));
            var spec = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(prefix, "share", "jupyter", "kernels", "csharp", "kernel.json")))!;

            Assert.Equal("C#", spec["display_name"]!.GetValue<string>());
            Assert.Equal("message", spec["interrupt_mode"]!.GetValue<string>());
            Assert.Equal(RunningKernel.Program, spec["argv"]![1]!.GetValue<string>());

            var (code, error) = await RunAsync("/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, client), Path.Combine(prefix, "share", "jupyter"));
            Assert.True(code == 0, error);
        }
        finally
        {
            Directory.Delete(prefix, recursive: true);
        }
    }

    [Theory]
    [InlineData("/no/such/file.json")]
    [InlineData("--nonsense")]
    public async Task A_start_that_cannot_work_says_why(string argument)
    {
        var (code, error) = await RunAsync("dotnet", RunningKernel.Program, argument);
        Assert.NotEqual(0, code);
        Assert.Contains(argument.StartsWith('-') ? "--install" : argument, error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Error)> RunAsync(string program, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await error);
    }
}
