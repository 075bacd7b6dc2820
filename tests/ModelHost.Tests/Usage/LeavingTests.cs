using System.Net.Http.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using Microsoft.AspNetCore.Http;

namespace Lyceum.ModelHost.Tests.Usage;

/// <summary>What a client is charged that does not wait for the answer's beginning, or for its end: the same everywhere.</summary>
public sealed class LeavingTests : IAsyncLifetime
{
    // Four bytes a token, by estimate; the answer's estimate is 256 tokens more while it runs.
    private const int PromptTokens = 500;
    private const int Estimate = PromptTokens + 256;
    private readonly SemaphoreSlim _freed = new(0);
    private Func<HttpContext, Task> _begin = _ => Task.CompletedTask;
    private ScriptedNode _node = null!;
    private ModelHostUnderTest _host = null!;

    public async Task InitializeAsync()
    {
        // Takes the prompt, and says nothing or only a beginning.
        _node = await ScriptedNode.StartAsync(async context =>
        {
            await _begin(context);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            _freed.Release();
        });
        _host = await ModelHostUnderTest.WithAsync(("Nodes:0:Url", _node.Address.ToString()), ("Nodes:0:Parallel", "1"), ("Quotas:UserTokensPerDay", "100000"));
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _node.DisposeAsync();
        _freed.Dispose();
    }

    [Fact]
    public async Task A_prompt_that_a_node_has_is_charged_and_one_that_waited_is_not()
    {
        using var sams = new CancellationTokenSource();
        var sam = AskAsync("sam", sams.Token);
        using var limit = new CancellationTokenSource(Replicas.Limit);
        while (_node.Requests.IsEmpty)
        {
            await Task.Delay(20, limit.Token);
        }

        using var kims = new CancellationTokenSource();
        var kim = AskAsync("kim", kims.Token);
        await _host.UsageAsync(TestIdentity.Student("kim"), usage => usage.Charged() == Estimate);
        await kims.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => kim);
        Assert.Empty((await _host.UsageAsync(TestIdentity.Student("kim"), usage => usage.Charged() == 0)).GetProperty("entries").EnumerateArray());

        await _host.UsageAsync(TestIdentity.Student("sam"), usage => usage.Charged() == Estimate);
        await sams.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sam);
        var entry = Assert.Single((await _host.UsageAsync(TestIdentity.Student("sam"), usage => usage.Charged() == PromptTokens)).GetProperty("entries").EnumerateArray());
        Assert.Equal((1, PromptTokens, 0), (entry.GetProperty("requests").GetInt32(), entry.GetProperty("input_tokens").GetInt32(), entry.GetProperty("output_tokens").GetInt32()));
        Assert.Single(_node.Requests);
    }

    [Fact]
    public async Task Of_a_stream_that_was_left_its_pieces_are_counted_and_its_prompt_by_estimate()
    {
        const string Piece = "{\"message\":{\"content\":\"x\"},\"done\":false}\n";
        _begin = context => ScriptedNode.SendAsync(context, Piece + Piece + Piece);
        await LeaveAsync(isStream: true, Piece.Length * 3);
        await AssertCountedAsync(PromptTokens, 3);
    }

    [Fact]
    public async Task An_answer_in_one_piece_that_was_left_within_is_counted_by_estimate()
    {
        // More than is held back until it is whole.
        var beginning = "{\"message\":{\"content\":\"" + new string('x', 300 * 1024);
        _begin = context => ScriptedNode.SendAsync(context, beginning, "application/json");
        await LeaveAsync(isStream: false, 1);
        await AssertCountedAsync(PromptTokens, Estimate - PromptTokens);
    }

    /// <summary>Reads so much of the answer, goes, and waits until the node knows.</summary>
    private async Task LeaveAsync(bool isStream, int bytes)
    {
        using (var request = Request("sam", isStream))
        using (var response = await _host.Anonymous.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[bytes]);
        }

        Assert.True(await _freed.WaitAsync(Replicas.Limit));
    }

    private async Task AssertCountedAsync(int input, int output)
    {
        var usage = await _host.UsageAsync(TestIdentity.Student("sam"), usage => usage.GetProperty("entries").GetArrayLength() == 1 && usage.Charged() == input + output);
        var entry = usage.GetProperty("entries")[0];
        Assert.Equal((1, input, output), (entry.GetProperty("requests").GetInt32(), entry.GetProperty("input_tokens").GetInt32(), entry.GetProperty("output_tokens").GetInt32()));
    }

    /// <summary>Not as a stream, of which a waiting client would have the headers.</summary>
    private async Task AskAsync(string user, CancellationToken cancellationToken)
    {
        using var request = Request(user, isStream: false);
        using var response = await _host.Anonymous.SendAsync(request, cancellationToken);
    }

    private static HttpRequestMessage Request(string user, bool isStream)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/chat")
        {
            Content = JsonContent.Create(new { model = "tiny", stream = isStream, messages = new[] { new { role = "user", content = new string('x', 4 * PromptTokens) } } }),
        };
        request.Headers.Add(IdentityHeader.Name, TestIdentity.Token(TestIdentity.Student(user)));
        return request;
    }
}
