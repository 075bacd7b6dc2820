using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ModelHost.Tests.Translation;

/// <summary>A real engine that has only OpenAI's API and asks for a key, as vLLM can.</summary>
public sealed class OpenAiNodeTests : IAsyncLifetime
{
    private const string Key = "sk-of-the-node-alone";
    private static readonly CallerIdentity Owner = new("owner", "owner", "learner-owner", "default", [Roles.Owner, Roles.Instructor]);
    private readonly string _keyFile = Path.GetTempFileName();
    private EngineNode _node = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(_keyFile, Key + "\n");
        _node = await EngineNode.StartAsync(new("API", "openai"), new("KEY", Key));
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        File.Delete(_keyFile);
    }

    [Theory]
    [InlineData("translated.mjs")]
    [InlineData("openai.mjs")]
    public async Task The_clients_of_both_protocols_can_use_it(string script)
    {
        await using var host = await ModelHostUnderTest.WithAsync(Settings(0));
        await ClientScript.RunAsync(script, new Dictionary<string, string>
        {
            ["HOST"] = host.Client.BaseAddress!.ToString().TrimEnd('/'),
            ["STUDENT"] = TestIdentity.Token(TestIdentity.Student()),
            ["OWNER"] = TestIdentity.Token(Owner),
            ["MODELS"] = "embed:latest,tiny:latest",
        });
        Assert.Equal(0, await _node.BusyAsync());
    }

    [Fact]
    public async Task It_stands_beside_a_node_of_ollamas_and_takes_over_from_it()
    {
        await using var dying = await EngineNode.StartAsync(new("DIE_AFTER", "3"), new("MODELS", "tiny:latest,only-here:latest"));
        // Loaded on both, so that the first request goes to the first node.
        using (var client = new HttpClient())
        {
            using var load = await client.PostAsJsonAsync(new Uri(dying.Address, "/api/generate"), new { model = "tiny" });
            load.EnsureSuccessStatusCode();
        }

        await using var host = await ModelHostUnderTest.WithAsync([("Nodes:0:Url", dying.Address.ToString()), .. Settings(1)]);
        var names = (await host.GetAsync("/api/tags")).GetProperty("models").EnumerateArray().Select(entry => entry.GetProperty("name").GetString());
        Assert.Equal(["embed:latest", "only-here:latest", "tiny:latest"], names);
        // What the node that dies has begun goes on in the other protocol.
        for (var i = 0; i < 3; i++)
        {
            using var response = await host.PostAsync("/api/chat", new { model = "tiny", messages = new[] { new { role = "user", content = $"Hello {i}" } }, options = new { num_predict = 20, temperature = 0 } });
            var lines = await response.LinesAsync();
            Assert.True(lines[^1].GetProperty("done").GetBoolean(), lines[^1].ToString());
            Assert.True(lines.Text().Length > 0);
        }

        var used = (await host.GetAsync("/usage")).GetProperty("entries").EnumerateArray().Sum(entry => entry.GetProperty("requests").GetInt32());
        Assert.True(used > 3, "Some of the answers were written by two nodes.");
    }

    [Fact]
    public async Task A_node_of_ollamas_takes_over_from_it_too()
    {
        await using var dying = await EngineNode.StartAsync(new("API", "openai"), new("DIE_AFTER", "3"));
        await using var good = await EngineNode.StartAsync();
        await using var host = await ModelHostUnderTest.WithAsync(("Nodes:0:Url", dying.Address.ToString()), ("Nodes:0:Kind", "openai"), ("Nodes:1", good.Address.ToString()));
        foreach (var path in new[] { "/api/chat", "/v1/chat/completions" })
        {
            using var response = await host.PostAsync(path, new { model = "tiny", stream = true, messages = new[] { new { role = "user", content = path } }, max_tokens = 20, options = new { num_predict = 20 } });
            var text = await response.Content.ReadAsStringAsync();
            Assert.DoesNotContain("\"error\"", text, StringComparison.Ordinal);
            Assert.Contains(path == "/api/chat" ? "\"done\":true" : "data: [DONE]", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_that_is_wrong_is_the_operators_business()
    {
        await using var right = await ModelHostUnderTest.WithAsync(Settings(0));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(right, "/v1/chat/completions")).Status);
        await using var wrong = await ModelHostUnderTest.WithAsync(("Nodes:0:Url", _node.Address.ToString()), ("Nodes:0:Kind", "OpenAI"), ("Nodes:0:ApiKey", "sk-another"));
        var (status, body) = await AskAsync(wrong, "/v1/chat/completions");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.DoesNotContain("sk-", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_models_that_are_named_are_offered_and_under_the_names_given()
    {
        await using var host = await ModelHostUnderTest.WithAsync([.. Settings(0), ("Nodes:0:Models:0", "qwen3:32b=tiny:latest")]);
        Assert.Equal("qwen3:32b", Assert.Single((await host.GetAsync("/v1/models")).GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
        foreach (var path in new[] { "/api/chat", "/v1/chat/completions" })
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(host, path, "qwen3:32b")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(host, path)).Status);
        }
    }

    private (string Key, string? Value)[] Settings(int i) =>
        [($"Nodes:{i}:Url", _node.Address.ToString()), ($"Nodes:{i}:Kind", "openai"), ($"Nodes:{i}:ApiKeyFile", _keyFile)];

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(ModelHostUnderTest host, string path, string model = "tiny")
    {
        using var response = await host.PostAsync(path, new { model, stream = false, messages = new[] { new { role = "user", content = "Hi" } }, max_tokens = 4, options = new { num_predict = 4 } });
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
