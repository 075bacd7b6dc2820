using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Lyceum.EndToEnd.Tests;

[Collection(nameof(RunningSuite))]
public sealed class ProxyKernelTests(RunningSuite running)
{
    [Fact]
    public async Task A_stock_Jupyter_has_the_tutor_in_its_own_kernel()
    {
        var token = await running.Suite.CreateStudentAsync($"Student {Guid.NewGuid():N}");
        var prefix = Directory.CreateTempSubdirectory("lyceum-e2e-proxy-").FullName;
        try
        {
            var program = Path.Combine(Suite.Repository, "artifacts", "bin", "ProxyKernel", "debug", "ProxyKernel.dll");
            await RunAsync("dotnet", token, program, "--install", "--prefix", prefix, "--url", running.Suite.Gateway.ToString());
            var told = await RunAsync("/usr/bin/python3", token, Path.Combine(AppContext.BaseDirectory, "proxy_client.py"), Path.Combine(prefix, "share", "jupyter"));

            var result = JsonDocument.Parse(told).RootElement;
            var answer = result.GetProperty("reply").GetProperty("return").GetString()!;
            Assert.Contains("valeus", answer, StringComparison.Ordinal);
            Assert.Equal(answer, result.GetProperty("pieces").GetString());
            Assert.Contains("llm_response", result.GetProperty("kinds").EnumerateArray().Select(kind => kind.GetString()));

            using var student = running.Suite.Client(token);
            var sessions = (await student.GetFromJsonAsync<JsonElement>("/llm/chat/sessions/")).GetProperty("sessions");
            Assert.Equal("Why does this fail?", Assert.Single(sessions.EnumerateArray()).GetProperty("title").GetString());
        }
        finally
        {
            Directory.Delete(prefix, recursive: true);
        }
    }

    private static async Task<string> RunAsync(string program, string token, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LYCEUM_TOKEN"] = token;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }
}
