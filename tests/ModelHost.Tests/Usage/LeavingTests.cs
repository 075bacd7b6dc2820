using System.Net.Http.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ModelHost.Tests.Usage;

/// <summary>What a client is charged that does not wait for the answer's beginning.</summary>
public sealed class LeavingTests : IAsyncLifetime
{
    // Four bytes a token, by estimate; the answer's estimate is 256 tokens more while it runs.
    private const int PromptTokens = 500;
    private const int Estimate = PromptTokens + 256;
    private ScriptedNode _node = null!;
    private ModelHostUnderTest _host = null!;

    public async Task InitializeAsync()
    {
        // Takes the prompt and says nothing.
        _node = await ScriptedNode.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        _host = await ModelHostUnderTest.WithAsync(("Nodes:0:Url", _node.Address.ToString()), ("Nodes:0:Parallel", "1"), ("Quotas:UserTokensPerDay", "100000"));
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _node.DisposeAsync();
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

    /// <summary>Not as a stream, of which a waiting client would have the headers.</summary>
    private async Task AskAsync(string user, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/chat")
        {
            Content = JsonContent.Create(new { model = "tiny", stream = false, messages = new[] { new { role = "user", content = new string('x', 4 * PromptTokens) } } }),
        };
        request.Headers.Add(IdentityHeader.Name, TestIdentity.Token(TestIdentity.Student(user)));
        using var response = await _host.Anonymous.SendAsync(request, cancellationToken);
    }
}
