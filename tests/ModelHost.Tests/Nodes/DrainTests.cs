using System.Net;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using Microsoft.AspNetCore.Http;

namespace Lyceum.ModelHost.Tests.Nodes;

/// <summary>A node that the owner takes out of service while it works.</summary>
public sealed class DrainTests
{
    private const string Piece = """{"message":{"role":"assistant","content":"a"},"done":false}""" + "\n";
    private const string Done = """{"message":{"role":"assistant","content":""},"done":true}""" + "\n";

    [Fact]
    public async Task A_draining_node_finishes_and_gets_nothing_new_until_it_is_wanted_again()
    {
        var finish = new TaskCompletionSource();
        await using var first = await ScriptedNode.StartAsync(async context =>
        {
            await ScriptedNode.SendAsync(context, Piece);
            await finish.Task;
            await ScriptedNode.SendAsync(context, Done);
        });
        await using var second = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Done));
        await using var host = await ModelHostUnderTest.WithNodesAsync(first.Address, second.Address);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/chat") { Content = new StringContent("""{"model":"tiny","messages":[{"role":"user","content":"x"}]}""") };
        using var running = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        var name = first.Address.Authority;
        var draining = await ChangeAsync(host, name, new { drain = true });
        Assert.Equal(("draining", true, 1), (draining.GetProperty("state").GetString(), draining.GetProperty("drain").GetBoolean(), draining.GetProperty("running").GetInt32()));
        for (var i = 0; i < 4; i++)
        {
            using var response = await host.PostAsync("/api/chat", new { model = "tiny", messages = new[] { new { role = "user", content = $"{i}" } } });
            Assert.Equal(Done, await response.Content.ReadAsStringAsync());
        }

        Assert.Single(first.Requests);
        finish.SetResult();
        Assert.Equal(Piece + Done, await running.Content.ReadAsStringAsync());
        Assert.Equal(0, (await ShowAsync(host, name)).GetProperty("running").GetInt32());
        await ChangeAsync(host, second.Address.Authority, new { drain = true });
        await ChangeAsync(host, name, new { drain = false });
        using var back = await host.PostAsync("/api/chat", new { model = "tiny", messages = new[] { new { role = "user", content = "x" } } });
        Assert.Equal(Piece + Done, await back.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Nodes_are_listed_with_what_they_do_and_without_their_keys()
    {
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Done));
        await using var host = await ModelHostUnderTest.WithAsync(
            ("Nodes:0", node.Address.ToString()), ("Nodes:1:Url", ModelHostUnderTest.NobodyThere().ToString()), ("Nodes:1:Kind", "openai"), ("Nodes:1:ApiKey", "sk-secret"));
        using var response = await host.SendAsAsync(TestIdentity.Owner(), HttpMethod.Get, "/nodes");
        var text = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("sk-secret", text, StringComparison.Ordinal);
        var nodes = JsonDocument.Parse(text).RootElement.GetProperty("nodes").EnumerateArray().ToArray();
        Assert.Equal(["ready", "away"], nodes.Select(entry => entry.GetProperty("state").GetString()));
        Assert.Equal(["ollama", "openai"], nodes.Select(entry => entry.GetProperty("kind").GetString()));
        Assert.Equal("tiny:latest", nodes[0].GetProperty("models")[0].GetString());
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.GetAsync("/nodes")).StatusCode);
    }

    [Theory]
    [InlineData("http://169.254.169.254", """{"drain":true}""", HttpStatusCode.NotFound, "no node")]
    [InlineData("", """{"drain":"yes"}""", HttpStatusCode.BadRequest, "drain must be")]
    [InlineData("", """{}""", HttpStatusCode.BadRequest, "drain must be")]
    public async Task What_cannot_be_meant_is_said(string name, string body, HttpStatusCode expected, string words)
    {
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Done));
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/nodes/{Uri.EscapeDataString(name.Length > 0 ? name : node.Address.Authority)}") { Content = new StringContent(body) };
        request.Headers.Add(IdentityHeader.Name, TestIdentity.Token(TestIdentity.Owner()));
        using var response = await host.Anonymous.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(words, (await response.JsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ChangeAsync(ModelHostUnderTest host, string name, object change)
    {
        using var response = await host.SendAsAsync(TestIdentity.Owner(), HttpMethod.Patch, $"/nodes/{name}", change);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    private static async Task<JsonElement> ShowAsync(ModelHostUnderTest host, string name)
    {
        using var response = await host.SendAsAsync(TestIdentity.Owner(), HttpMethod.Get, $"/nodes/{name}");
        return await response.JsonAsync();
    }
}
