using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.Gateway.Tests;

[Collection(nameof(GatewayApplication))]
public sealed class RoutingTests(GatewayApplication application)
{
    private static readonly IdentityTokens Tokens = new(TestIdentity.Key, IdentityTokens.InternalPurpose, "test", TimeSpan.FromMinutes(5), TimeProvider.System);

    [Theory]
    [InlineData("/api")]
    [InlineData("/api/kernels")]
    [InlineData("/api/kernels/1/channels")]
    [InlineData("/api/contents/a/b.ipynb")]
    [InlineData("/api/chat")]
    [InlineData("/v1/chat/completions")]
    [InlineData("/api/experimental/web_search")]
    [InlineData("/usage")]
    [InlineData("/telemetry/events")]
    [InlineData("/llm/chat/")]
    [InlineData("/mcp")]
    [InlineData("/receive_student_message")]
    [InlineData("/verify_ta")]
    [InlineData("/expert_query")]
    [InlineData("/verify_ea")]
    public async Task A_path_of_the_table_reaches_its_service(string path)
    {
        using var client = application.Owner();
        var seen = await client.GetFromJsonAsync<Seen>(path);
        Assert.Equal(path, seen!.Target);
    }

    [Fact]
    public async Task The_callers_credentials_are_replaced_by_a_signed_identity()
    {
        using var client = application.Client();
        client.DefaultRequestHeaders.Add(IdentityHeader.Name, "forged");
        client.DefaultRequestHeaders.Add("Cookie", "lyceum-session=x; other=y");
        client.DefaultRequestHeaders.Authorization = new("token", GatewayApplication.OwnerToken);

        var seen = await client.GetFromJsonAsync<Seen>("/llm/chat/sessions/?limit=3");

        Assert.Equal("/llm/chat/sessions/?limit=3", seen!.Target);
        Assert.DoesNotContain("Authorization", seen.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain("Cookie", seen.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        var caller = Tokens.Read(seen.Headers[IdentityHeader.Name]);
        Assert.NotNull(caller);
        Assert.Equal("owner", caller.Subject);
        Assert.Equal("default", caller.Course);
        Assert.Contains(Roles.Instructor, caller.Roles);
        Assert.Matches("^[0-9a-f]{32}$", caller.Learner);
    }

    [Fact]
    public async Task A_token_in_the_query_is_not_passed_on()
    {
        using var client = application.Client();
        var seen = await client.GetFromJsonAsync<Seen>($"/api/kernels?token={GatewayApplication.OwnerToken}&x=1");
        Assert.Equal("/api/kernels?x=1", seen!.Target);
    }

    [Fact]
    public async Task A_token_in_the_path_signs_in_and_is_not_passed_on()
    {
        using var client = application.Client();
        var seen = await client.GetFromJsonAsync<Seen>($"/key/{GatewayApplication.OwnerToken}/api/tags");
        Assert.Equal("/api/tags", seen!.Target);
        Assert.DoesNotContain(seen.Headers.Values, value => value.Contains(GatewayApplication.OwnerToken, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_arrives_as_it_is_written()
    {
        using var client = application.Owner();
        using var response = await client.GetAsync(new Uri("/llm/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("first", await reader.ReadLineAsync());
        application.Upstream.SecondPart.Release();
        Assert.Equal("second", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task A_WebSocket_passes_with_its_subprotocol()
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("v1.kernel.websocket.jupyter.org");
        socket.Options.SetRequestHeader("Authorization", $"token {GatewayApplication.OwnerToken}");
        await socket.ConnectAsync(new UriBuilder(application.Address) { Scheme = "ws", Path = "/api/kernels/1/channels" }.Uri, default);
        Assert.Equal("v1.kernel.websocket.jupyter.org", socket.SubProtocol);
        await socket.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, true, default);
        var buffer = new byte[16];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), default);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, received.Count));
    }

    [Theory]
    [InlineData("/api/kernels", "message")]
    [InlineData("/api/tags", "error")]
    [InlineData("/v1/models", "error")]
    [InlineData("/llm/chat/", "detail")]
    [InlineData("/accounts", "detail")]
    public async Task Without_a_token_the_answer_is_401_in_the_words_of_the_paths_protocol(string path, string member)
    {
        using var client = application.Client();
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(body.TryGetProperty(member, out _), body.ToString());
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task A_wrong_token_is_401(string token)
    {
        using var client = application.ClientWith(token);
        using var response = await client.GetAsync(new Uri("/api/kernels", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/llm/chat/", false)]
    [InlineData("/llm/chat/", true)]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/accounts", true)]
    public async Task A_body_over_the_limit_is_413_also_when_its_length_is_not_said(string path, bool chunked)
    {
        using var client = application.Owner();
        client.DefaultRequestHeaders.TransferEncodingChunked = chunked;
        // Blanks: what is no JSON would be refused for that before all of it has come.
        using var content = new ByteArrayContent([.. Enumerable.Repeat((byte)' ', (1 << 20) + 1)]);
        content.Headers.ContentType = new("application/json");
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }
}
