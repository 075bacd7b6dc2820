using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Lyceum.ModelHost.Nodes;
using Lyceum.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Lyceum.ModelHost.Tests.Nodes;

/// <summary>Nodes that come and go in DNS: three real engines on three addresses of this machine, one name.</summary>
public sealed class DiscoveryTests
{
    private static readonly object[] Hello = [new { role = "user", content = "Hello" }];

    [Fact]
    public async Task Each_address_of_a_name_is_a_node_that_comes_and_goes_without_harm()
    {
        var port = $"{LoopbackPort.Unused()}";
        await using var first = await EngineAsync(1, port);
        await using var second = await EngineAsync(2, port);
        await using var third = await EngineAsync(3, port);
        var zone = new Zone("127.0.0.1", "127.0.0.2");
        await using var host = await ModelHostUnderTest.WithAsync(
            services => services.AddSingleton<HostLookup>(zone.LookUp), ("Nodes:0:Url", $"http://engines.test:{port}"), ("Nodes:0:Dns", "true"), ("Nodes:0:Parallel", "1"), ("Limits:Dns", "00:00:01"));
        Assert.Equal([$"127.0.0.1:{port}", $"127.0.0.2:{port}"], await NamesAsync(host));
        Assert.Equal(["on1:latest", "on2:latest", "tiny:latest"], await ModelsAsync(host));

        // A stream that runs on the first node goes on when the node has left, and a third one takes what is new.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/chat")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { model = "on1", messages = Hello, format = Long, options = new { num_predict = 400 } }),
        };
        using var running = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, running.StatusCode);
        zone.Set("127.0.0.2", "127.0.0.3");
        await EventuallyAsync(async () => (await NamesAsync(host)).SequenceEqual([$"127.0.0.2:{port}", $"127.0.0.3:{port}"]));
        Assert.Equal(["on2:latest", "on3:latest", "tiny:latest"], await ModelsAsync(host));
        Assert.Equal(HttpStatusCode.NotFound, (await host.PostAsync("/api/chat", new { model = "on1", messages = Hello })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/api/chat", new { model = "on3", messages = Hello, options = new { num_predict = 3 } })).StatusCode);
        Assert.True((await running.LinesAsync())[^1].GetProperty("done").GetBoolean());

        // DNS that fails says nothing; a name that is gone has no nodes, which is not the same as none configured.
        zone.Fail(SocketError.TryAgain);
        await zone.AskedAsync();
        Assert.Equal(2, (await NamesAsync(host)).Count);
        using var drained = await host.SendAsAsync(TestIdentity.Owner(), HttpMethod.Patch, $"/nodes/127.0.0.2:{port}", new { drain = true });
        Assert.Equal(HttpStatusCode.OK, drained.StatusCode);
        zone.Fail(SocketError.HostNotFound);
        await EventuallyAsync(async () => (await NamesAsync(host)).Count == 0);
        var nowhere = await host.PostAsync("/api/chat", new { model = "tutor", messages = Hello });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, nowhere.StatusCode);
        zone.Set("127.0.0.1", "127.0.0.2");
        await EventuallyAsync(async () => (await host.PostAsync("/api/chat", new { model = "tiny", messages = Hello, options = new { num_predict = 3 } })).StatusCode == HttpStatusCode.OK);
        // A node that comes back is the one that it was.
        using var returned = await host.SendAsAsync(TestIdentity.Owner(), HttpMethod.Get, $"/nodes/127.0.0.2:{port}");
        Assert.True((await returned.JsonAsync()).GetProperty("drain").GetBoolean());
    }

    [Fact]
    public async Task Three_engines_share_what_comes_and_two_carry_on_when_one_is_killed()
    {
        var port = $"{LoopbackPort.Unused()}";
        EngineNode[] engines = [await EngineAsync(1, port), await EngineAsync(2, port), await EngineAsync(3, port)];
        // The machine's own resolver, too: a name of three addresses cannot be had everywhere, an address stands for itself everywhere.
        await using var host = await ModelHostUnderTest.WithAsync(
            ("Nodes:0:Url", engines[0].Address.ToString()), ("Nodes:0:Dns", "true"), ("Nodes:1", engines[1].Address.ToString()), ("Nodes:2", engines[2].Address.ToString()), ("Nodes:0:Parallel", "2"), ("Nodes:1:Parallel", "2"), ("Nodes:2:Parallel", "2"));
        await ShareAsync(host, 12);
        var used = (await (await host.SendAsAsync(TestIdentity.Owner(), HttpMethod.Get, "/usage")).JsonAsync()).GetProperty("entries").EnumerateArray().ToArray();
        Assert.Equal(engines.Select(engine => engine.Address.Authority).Order(), used.Select(entry => entry.GetProperty("node").GetString()).Order());
        Assert.Equal(12, used.Sum(entry => entry.GetProperty("requests").GetInt32()));
        await engines[1].KillAsync();
        await ShareAsync(host, 12);
        foreach (var engine in engines)
        {
            await engine.DisposeAsync();
        }
    }

    private static readonly object Long = new
    {
        type = "object",
        properties = Enumerable.Range(0, 20).ToDictionary(i => $"property {i}", _ => new { type = "boolean" }),
        required = Enumerable.Range(0, 20).Select(i => $"property {i}"),
    };

    private static async Task ShareAsync(ModelHostUnderTest host, int count)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            using var response = await host.PostAsync("/api/chat", new { model = "tiny", messages = new[] { new { role = "user", content = $"Hello {i}" } }, options = new { num_predict = 30 } });
            return (await response.LinesAsync())[^1];
        }));
        Assert.All(answers, last => Assert.True(last.GetProperty("done").GetBoolean()));
    }

    private static Task<EngineNode> EngineAsync(int i, string port) =>
        EngineNode.StartAsync(new("HOST", $"127.0.0.{i}"), new("PORT", port), new("MODELS", $"tiny:latest,on{i}:latest"));

    private static async Task<IReadOnlyList<string?>> NamesAsync(ModelHostUnderTest host)
    {
        using var response = await host.SendAsAsync(TestIdentity.Owner(), HttpMethod.Get, "/nodes");
        return [.. (await response.JsonAsync()).GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("name").GetString())];
    }

    private static async Task<IReadOnlyList<string?>> ModelsAsync(ModelHostUnderTest host) =>
        [.. (await host.GetAsync("/api/tags")).GetProperty("models").EnumerateArray().Select(entry => entry.GetProperty("name").GetString())];

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(100, limit.Token);
        }
    }

    /// <summary>What a DNS server would answer.</summary>
    private sealed class Zone(params string[] addresses)
    {
        private volatile Func<IPAddress[]> _answer = () => [.. addresses.Select(IPAddress.Parse)];
        private TaskCompletionSource _asked = new();

        public void Set(params string[] now) => _answer = () => [.. now.Select(IPAddress.Parse)];

        public void Fail(SocketError error)
        {
            _asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _answer = () => throw new SocketException((int)error);
        }

        public Task AskedAsync() => _asked.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public async Task<IPAddress[]> LookUp(string host, CancellationToken cancellationToken)
        {
            await Task.Yield();
            Assert.Equal("engines.test", host);
            try
            {
                return _answer();
            }
            finally
            {
                _asked.TrySetResult();
            }
        }
    }
}
