using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Replicas;

public sealed class ReplicaTests : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private readonly string _workspaces = Directory.CreateTempSubdirectory("lyceum-workspaces-").FullName;
    private readonly List<ServiceProcess> _replicas = [];

    public async Task InitializeAsync()
    {
        await _redis.StartAsync();
        _replicas.AddRange(await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartAsync())));
    }

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_replicas.Select(replica => replica.DisposeAsync().AsTask()));
        await _redis.DisposeAsync();
        Directory.Delete(_workspaces, recursive: true);
    }

    [Fact]
    public async Task Every_replica_serves_every_kernel_and_lists_them_all()
    {
        using var first = Of(0);
        using var second = Of(1);
        var kernels = new[] { await first.StartKernelAsync(), await second.StartKernelAsync() };
        using var third = Of(2);

        Assert.Equal(kernels.Order(StringComparer.Ordinal), await ListAsync(third, "/api/kernels"));
        Assert.Equal(kernels.Order(StringComparer.Ordinal), await ListAsync(first, "/api/kernels"));
        Assert.Equal(kernels[0], (await third.GetObjectAsync($"/api/kernels/{kernels[0]}"))["id"]!.GetValue<string>());
        foreach (var kernel in kernels)
        {
            // The WebSocket, too, goes to where the kernel is; both framings, with all that belongs to them.
            foreach (var protocol in new[] { NotebookClient.V1, null })
            {
                await using var client = await NotebookClient.ConnectAsync(_replicas[2].Address, kernel, KernelServiceFixture.Sam, protocol);
                Assert.Equal(protocol, client.Subprotocol);
                var messages = await client.RunAsync("print('x' * 100_000)");
                Assert.Equal(100_001, messages.Where(message => message.Type == "stream").Sum(message => message.Text("text").Length));
            }
        }

        using var interrupted = await third.PostAsync(JupyterRest.Path($"/api/kernels/{kernels[0]}/interrupt"), null);
        Assert.Equal(HttpStatusCode.NoContent, interrupted.StatusCode);
        using var restarted = await third.PostAsync(JupyterRest.Path($"/api/kernels/{kernels[1]}/restart"), null);
        Assert.Equal(HttpStatusCode.OK, restarted.StatusCode);

        // Another user's kernels are as unknown as ever.
        using var eve = _replicas[2].ClientOf(TestIdentity.Student("eve"));
        Assert.Empty(await ListAsync(eve, "/api/kernels"));
        using var refused = await eve.GetAsync(JupyterRest.Path($"/api/kernels/{kernels[0]}"));
        await refused.AssertErrorAsync(HttpStatusCode.NotFound);

        using var deleted = await third.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernels[0]}"));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal([kernels[1]], await ListAsync(second, "/api/kernels"));
        using var gone = await second.GetAsync(JupyterRest.Path($"/api/kernels/{kernels[0]}"));
        Assert.DoesNotContain("replica", await gone.AssertErrorAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notebook_has_one_session_whichever_replica_is_asked()
    {
        using var first = Of(0);
        using var second = Of(1);
        var opened = await OpenAsync(first, "week/one.ipynb");
        var again = await OpenAsync(second, "week/one.ipynb");
        Assert.Equal(opened["id"]!.GetValue<string>(), again["id"]!.GetValue<string>());
        var id = opened["id"]!.GetValue<string>();
        Assert.Equal([id], await ListAsync(second, "/api/sessions"));

        // A console for the notebook's kernel is opened where the kernel is.
        var console = await OpenAsync(second, "console-1", opened["kernel"]!["id"]!.GetValue<string>());
        Assert.Equal(opened["kernel"]!["id"]!.GetValue<string>(), console["kernel"]!["id"]!.GetValue<string>());

        using var renamed = await second.PatchAsJsonAsync(JupyterRest.Path($"/api/sessions/{id}"), new JsonObject { ["path"] = "week/two.ipynb" });
        Assert.Equal("week/two.ipynb", (await renamed.JsonAsync())["path"]!.GetValue<string>());
        Assert.Equal(id, (await OpenAsync(second, "week/two.ipynb"))["id"]!.GetValue<string>());
        using var ended = await second.DeleteAsync(JupyterRest.Path($"/api/sessions/{id}"));
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Empty(await ListAsync(first, "/api/kernels"));

        // Clicks on a notebook that nobody has open, on all replicas at once.
        var clicks = await Task.WhenAll(Enumerable.Range(0, 12).Select(async click =>
        {
            using var client = Of(click % 3);
            return (await OpenAsync(client, "week/three.ipynb"))["kernel"]!["id"]!.GetValue<string>();
        }));
        Assert.Single(clicks.Distinct());
    }

    [Fact]
    public async Task A_replica_that_is_killed_loses_its_own_kernels_and_the_others_say_so()
    {
        using var first = Of(0);
        using var second = Of(1);
        var kept = await first.StartKernelAsync();
        var session = await OpenAsync(second, "lost.ipynb");
        var lost = session["kernel"]!["id"]!.GetValue<string>();
        await using var client = await NotebookClient.ConnectAsync(_replicas[0].Address, kept, KernelServiceFixture.Sam);
        await client.RunAsync("kept = 42");

        await _replicas[1].KillAsync();

        // Until its lease ends it may be slow, and only away.
        await UntilAsync(async () =>
        {
            using var response = await first.GetAsync(JupyterRest.Path($"/api/kernels/{lost}"));
            Assert.True(response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.NotFound, $"{response.StatusCode}");
            return response.StatusCode == HttpStatusCode.NotFound && (await response.JsonAsync())["message"]!.GetValue<string>().Contains("replica that ran it has gone", StringComparison.Ordinal);
        });
        using var gone = await first.GetAsync(JupyterRest.Path($"/api/sessions/{session["id"]!.GetValue<string>()}"));
        Assert.Contains("has gone", await gone.AssertErrorAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
        Assert.Equal([kept], await ListAsync(first, "/api/kernels"));
        Assert.Equal("42", (await client.RunAsync("kept")).Single(message => message.Type == "execute_result").Content["data"]!["text/plain"]!.GetValue<string>());

        // The notebook opens again, with a kernel of a replica that is there.
        using var third = Of(2);
        var reopened = (await OpenAsync(third, "lost.ipynb"))["kernel"]!["id"]!.GetValue<string>();
        Assert.NotEqual(lost, reopened);
        await using var again = await NotebookClient.ConnectAsync(_replicas[0].Address, reopened, KernelServiceFixture.Sam);
        Assert.Contains(await again.RunAsync("1"), message => message.Type == "execute_reply" && message.Text("status") == "ok");
    }

    [Fact]
    public async Task A_replica_that_leaves_takes_its_kernels_along_and_tells()
    {
        using var first = Of(0);
        using var second = Of(1);
        var kernel = await second.StartKernelAsync();
        await _replicas[1].StopAsync();
        using var response = await first.GetAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        await response.AssertErrorAsync(HttpStatusCode.NotFound);
        Assert.Empty(await ListAsync(first, "/api/kernels"));
    }

    [Fact]
    public async Task Without_Redis_each_goes_on_with_its_own_and_afterwards_all_is_known_again()
    {
        using var first = Of(0);
        using var second = Of(1);
        var kernel = await first.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(_replicas[0].Address, kernel, KernelServiceFixture.Sam);
        await _redis.KillAsync();

        Assert.Equal("ok", (await client.RunAsync("1")).Single(message => message.Type == "execute_reply").Text("status"));
        var meanwhile = await first.StartKernelAsync();
        Assert.Equal(new[] { kernel, meanwhile }.Order(StringComparer.Ordinal), await ListAsync(first, "/api/kernels"));
        using var unknown = await second.GetAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        Assert.Contains("cannot be told", await unknown.AssertErrorAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);

        // A new one, which has forgotten everything.
        await _redis.StartAsync();
        await UntilAsync(async () => (await ListAsync(second, "/api/kernels")).Length == 2);
        Assert.Equal(meanwhile, (await second.GetObjectAsync($"/api/kernels/{meanwhile}"))["id"]!.GetValue<string>());
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isSo())
        {
            await Task.Delay(100, limit.Token);
        }
    }

    private static async Task<string[]> ListAsync(HttpClient client, string path) =>
        [.. (await client.GetArrayAsync(path)).Select(item => item!["id"]!.GetValue<string>()).Order(StringComparer.Ordinal)];

    private static async Task<JsonObject> OpenAsync(HttpClient client, string path, string? kernel = null)
    {
        using var response = await client.PostAsJsonAsync(JupyterRest.Path("/api/sessions"), new JsonObject
        {
            ["path"] = path, ["name"] = path, ["type"] = "notebook", ["kernel"] = kernel is null ? new JsonObject { ["name"] = "python3" } : new JsonObject { ["id"] = kernel },
        });
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }

    private HttpClient Of(int replica) => _replicas[replica].ClientOf(KernelServiceFixture.Sam);

    private Task<ServiceProcess> StartAsync() => ServiceProcess.StartAsync(
        ("Workspaces:Root", _workspaces), ("ConnectionStrings:redis", _redis.ConnectionString), ("Replicas:Lease", "00:00:03"), ("WarmKernels:Size", "0"));
}
