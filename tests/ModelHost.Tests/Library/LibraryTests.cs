using System.Net;
using System.Security.Cryptography;
using System.Text;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using Microsoft.AspNetCore.Http;

namespace Lyceum.ModelHost.Tests.Library;

/// <summary>What the owner does to the models of several nodes, on the wire; with real engines in <see cref="Api.ClientTests"/>.</summary>
public sealed class LibraryTests
{
    private static readonly CallerIdentity Owner = new("owner", "owner", "learner-owner", "default", [Roles.Owner, Roles.Instructor]);
    private static readonly string File = string.Concat(Enumerable.Repeat("weights ", 50_000));
    private static readonly string Digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(File)));

    [Fact]
    public async Task A_file_is_sent_once_and_lies_on_every_node()
    {
        await using var first = await ScriptedNode.StartAsync(context => AnswerAsync(context, 201, ""));
        await using var second = await ScriptedNode.StartAsync(context => AnswerAsync(context, 201, ""));
        await using var host = await ModelHostUnderTest.WithNodesAsync(first.Address, second.Address);
        using var response = await SendAsync(host, HttpMethod.Post, $"/api/blobs/{Digest}", File);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(File, first.Requests.Single().Body);
        Assert.Equal(File, second.Requests.Single().Body);
    }

    [Fact]
    public async Task A_node_that_refuses_a_file_is_named_and_keeps_it_from_none_of_the_others()
    {
        await using var full = await ScriptedNode.StartAsync(context => AnswerAsync(context, 500, "{\"error\":\"no space left on device\"}"));
        await using var good = await ScriptedNode.StartAsync(context => AnswerAsync(context, 201, ""));
        await using var host = await ModelHostUnderTest.WithNodesAsync(full.Address, good.Address);
        using var response = await SendAsync(host, HttpMethod.Post, $"/api/blobs/{Digest}", File);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal($"{full.Address.Authority}: no space left on device", (await response.JsonAsync()).Error());
        Assert.Equal(File, good.Requests.Single().Body);
    }

    [Theory]
    [InlineData(200, 200, HttpStatusCode.OK)]
    [InlineData(200, 404, HttpStatusCode.NotFound)]
    public async Task A_file_is_there_when_every_node_has_it(int one, int two, HttpStatusCode expected)
    {
        await using var first = await ScriptedNode.StartAsync(context => AnswerAsync(context, one, ""));
        await using var second = await ScriptedNode.StartAsync(context => AnswerAsync(context, two, ""));
        await using var host = await ModelHostUnderTest.WithNodesAsync(first.Address, second.Address);
        using var response = await SendAsync(host, HttpMethod.Head, $"/api/blobs/{Digest}");
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("sha256:..%2F..%2Fapi%2Fdelete")]
    [InlineData("sha256:ABC")]
    public async Task Only_a_digest_names_a_file(string digest)
    {
        await using var node = await ScriptedNode.StartAsync(context => AnswerAsync(context, 200, ""));
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        using var response = await SendAsync(host, HttpMethod.Post, $"/api/blobs/{digest}", "x");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(node.Requests);
    }

    [Fact]
    public async Task One_node_that_breaks_off_makes_the_whole_no_success()
    {
        await using var broken = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, "{\"status\":\"creating\"}\n"));
        await using var good = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, "{\"status\":\"creating\"}\n{\"status\":\"success\"}\n"));
        await using var host = await ModelHostUnderTest.WithNodesAsync(broken.Address, good.Address);
        using var response = await SendAsync(host, HttpMethod.Post, "/api/create", """{"model":"new","from":"tiny"}""");
        var lines = await response.LinesAsync();
        Assert.Equal(2, lines.Count);
        Assert.Equal("creating", lines[0].GetProperty("status").GetString());
        Assert.StartsWith(broken.Address.Authority, lines[1].Error(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/push")]
    [InlineData("/api/signout")]
    [InlineData("/api/experimental/web_search")]
    public async Task The_cloud_is_closed_to_everybody(string path)
    {
        await using var node = await ScriptedNode.StartAsync(context => AnswerAsync(context, 200, "{}"));
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        using var response = await SendAsync(host, HttpMethod.Post, path, "{}");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("not offered here", (await response.JsonAsync()).Error(), StringComparison.Ordinal);
        Assert.Empty(node.Requests);
    }

    private static Task AnswerAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return body.Length == 0 ? Task.CompletedTask : ScriptedNode.SendAsync(context, body, "application/json");
    }

    private static async Task<HttpResponseMessage> SendAsync(ModelHostUnderTest host, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body) };
        request.Headers.Add(IdentityHeader.Name, TestIdentity.Token(Owner));
        return await host.Anonymous.SendAsync(request);
    }
}
