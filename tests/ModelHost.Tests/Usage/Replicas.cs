using System.Net;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ModelHost.Tests.Usage;

/// <summary>ModelHosts that share a real Redis.</summary>
internal static class Replicas
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What a node answers: 70 tokens of prompt, 30 of answer.</summary>
    public const string Answer = """{"message":{"role":"assistant","content":"x"},"done":true,"prompt_eval_count":70,"eval_count":30}""" + "\n";

    /// <summary>Starts one, and answers when it says that it counts with the others.</summary>
    public static async Task<ModelHostUnderTest> StartAsync(ScriptedNode node, string redis, long tokensPerDay)
    {
        var host = await ModelHostUnderTest.WithAsync(
            ("Nodes:0:Url", node.Address.ToString()), ("Nodes:0:Parallel", "20"), ("Limits:Probe", "00:00:01"),
            ("Quotas:UserTokensPerDay", tokensPerDay.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("ConnectionStrings:redis", redis));
        await host.UsageAsync(TestIdentity.Student(), usage => usage.GetProperty("counted").GetString() == "all_replicas");
        return host;
    }

    public static async Task<HttpStatusCode> AskAsync(this ModelHostUnderTest host, string user)
    {
        using var response = await host.SendAsAsync(TestIdentity.Student(user), HttpMethod.Post, "/api/chat", new { model = "tiny", messages = new[] { new { role = "user", content = "x" } } });
        await response.Content.ReadAsStringAsync();
        return response.StatusCode;
    }

    /// <summary>The use that a caller sees, once it is so.</summary>
    public static async Task<JsonElement> UsageAsync(this ModelHostUnderTest host, CallerIdentity caller, Func<JsonElement, bool> isSo)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            using var response = await host.SendAsAsync(caller, HttpMethod.Get, "/usage");
            var usage = await response.JsonAsync();
            if (isSo(usage))
            {
                return usage;
            }

            Assert.False(limit.IsCancellationRequested, $"/usage is still {usage}");
            await Task.Delay(50);
        }
    }

    /// <summary>What is charged to the caller's quota of a day.</summary>
    public static int Charged(this JsonElement usage) => Assert.Single(usage.GetProperty("quotas").EnumerateArray()).GetProperty("used").GetInt32();
}
