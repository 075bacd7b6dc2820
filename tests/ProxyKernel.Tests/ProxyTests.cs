using System.Text.Json.Nodes;

namespace Lyceum.ProxyKernel.Tests;

public sealed class ProxyTests(InstalledProxy proxy) : IClassFixture<InstalledProxy>
{
    [Fact]
    public async Task Installing_writes_a_kernelspec_that_starts_this_copy()
    {
        var spec = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(proxy.JupyterFolder, "kernels", "lyceum", "kernel.json")))!;
        Assert.Equal(InstalledProxy.Program, spec["argv"]![1]!.GetValue<string>());
        Assert.Equal(("python", "message"), (spec["language"]!.GetValue<string>(), spec["interrupt_mode"]!.GetValue<string>()));
    }

    // Jupyter's own test suite for kernels, with ipykernel below.
    [Fact]
    public Task It_passes_the_test_suite_with_a_Python_kernel_below() => SucceedsAsync("proxy_suite.py");

    [Theory]
    [InlineData("untouched")]
    [InlineData("interrupt")]
    [InlineData("question")]
    [InlineData("two_clients")]
    [InlineData("forged")]
    [InlineData("death")]
    [InlineData("killed")]
    [InlineData("many_clients")]
    [InlineData("broken")]
    [InlineData("assistant")]
    [InlineData("checkpoints")]
    [InlineData("killed_after_going_back")]
    [InlineData("r")]
    public Task A_stock_client_gets_on_with_it(string scene) => SucceedsAsync("scenes.py", scene);

    [Theory]
    [InlineData("there is no kernelspec 'cobol'", "--install", "--kernel", "cobol")]
    [InlineData("--install", "--nonsense")]
    [InlineData("--install", "--install", "--url", "ftp://host")]
    [InlineData("--install", "--install", "--kernel", "../../etc")]
    [InlineData("no-such-file", "/no-such-file.json")]
    public async Task What_cannot_work_says_why(string expected, params string[] arguments)
    {
        var (code, output) = await InstalledProxy.RunAsync("dotnet", [InstalledProxy.Program, .. arguments, .. arguments[0] == "--install" ? (string[])["--prefix", proxy.Prefix] : []]);
        Assert.NotEqual(0, code);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    private async Task SucceedsAsync(string script, params string[] arguments)
    {
        var (code, output) = await proxy.ClientAsync(script, arguments);
        Assert.True(code == 0, output);
    }
}
