using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.Gateway.Tests;

[Collection(nameof(GatewayApplication))]
public sealed class OpenConnectionTests(GatewayApplication application) : IDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task What_an_account_has_open_ends_when_the_account_is_deleted_and_nobody_elses()
    {
        using var owner = application.Owner();
        var (id, token) = await CreateAsync(owner, "Gus");
        var (_, othersToken) = await CreateAsync(owner, "Hal");
        using var socket = await ConnectAsync(token);
        using var others = await ConnectAsync(othersToken);

        using var deleted = await owner.DeleteAsync(new Uri($"/accounts/{id}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[16], _limit.Token));
        Assert.Equal("still here", await EchoAsync(others));
    }

    [Fact]
    public async Task A_stream_that_a_lost_link_has_opened_ends_once_the_link_is_replaced_and_the_new_links_goes_on()
    {
        using var owner = application.Owner();
        var (id, lost) = await CreateAsync(owner, "Ivy");
        using var thief = application.ClientWith(lost);
        using var response = await thief.GetAsync(new Uri("/llm/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, _limit.Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_limit.Token));
        Assert.Equal("first", await reader.ReadLineAsync(_limit.Token));

        using var renewed = await owner.PostAsync(new Uri($"/accounts/{id}/token", UriKind.Relative), null);
        var token = (await renewed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        using var socket = await ConnectAsync(token);

        await Assert.ThrowsAnyAsync<IOException>(async () => await reader.ReadLineAsync(_limit.Token));
        Assert.Equal("still here", await EchoAsync(socket));
    }

    [Fact]
    public async Task The_owners_sessions_end_with_the_owners_token()
    {
        await using var before = await application.StartAsync("the-owners-first-token");
        await using var after = await application.StartAsync("the-owners-second-token");
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        using var opened = await browser.GetAsync(new Uri(AddressOf(before), "/?token=the-owners-first-token"));
        browser.DefaultRequestHeaders.Add("Cookie", opened.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);

        using var accepted = await browser.GetAsync(new Uri(AddressOf(before), "/identity"));
        using var refused = await browser.GetAsync(new Uri(AddressOf(after), "/identity"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (accepted.StatusCode, refused.StatusCode));
    }

    private static Uri AddressOf(ServiceUnderTest<Program> gateway)
    {
        using var client = gateway.CreateClient();
        return client.BaseAddress!;
    }

    private static async Task<(string Id, string Token)> CreateAsync(HttpClient owner, string name)
    {
        using var response = await owner.PostAsJsonAsync("/accounts", new { name });
        var created = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (created.GetProperty("account").GetProperty("id").GetString()!, created.GetProperty("token").GetString()!);
    }

    private async Task<ClientWebSocket> ConnectAsync(string token)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"token {token}");
        await socket.ConnectAsync(new UriBuilder(application.Address) { Scheme = "ws", Path = "/api/kernels/1/channels" }.Uri, _limit.Token);
        return socket;
    }

    private async Task<string> EchoAsync(ClientWebSocket socket)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes("still here"), WebSocketMessageType.Text, true, _limit.Token);
        var buffer = new byte[64];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), _limit.Token);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
