using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.EndToEnd.Tests;

/// <summary>The official clients of Ollama's and OpenAI's APIs through Gateway, before two real engines of Ollama's API and one of OpenAI's alone.</summary>
public sealed class ModelClientTests : IAsyncLifetime
{
    private EngineNode[] _engines = [];
    private Suite _suite = null!;

    public async Task InitializeAsync()
    {
        _engines = await Task.WhenAll(
            EngineNode.StartAsync(new KeyValuePair<string, string>("MODELS", "tiny:latest,embed:latest,one:latest")),
            EngineNode.StartAsync(new KeyValuePair<string, string>("MODELS", "tiny:latest,embed:latest,two:latest")),
            EngineNode.StartAsync(new("MODELS", "vllm:latest"), new("API", "openai"), new("KEY", "sk-of-the-node")));
        _suite = await Suite.StartAsync(settings: [
            new("Models__Nodes__0", _engines[0].Address.ToString()), new("Models__Nodes__1", _engines[1].Address.ToString()),
            new("ModelHost__Nodes__2__Url", _engines[2].Address.ToString()), new("ModelHost__Nodes__2__Kind", "openai"), new("ModelHost__Nodes__2__ApiKey", "sk-of-the-node"),
        ]);
    }

    public async Task DisposeAsync()
    {
        await _suite.DisposeAsync();
        foreach (var engine in _engines)
        {
            await engine.DisposeAsync();
        }
    }

    [Fact]
    public async Task They_do_all_that_they_offer()
    {
        var settings = new Dictionary<string, string>
        {
            ["HOST"] = _suite.Gateway.ToString().TrimEnd('/'),
            ["STUDENT"] = await _suite.CreateStudentAsync("Sam"),
            ["OWNER"] = _suite.Token,
            ["THROUGH_GATEWAY"] = "1",
            ["MODELS"] = "embed:latest,one:latest,tiny:latest,two:latest,vllm:latest",
            ["NODES"] = $"{_engines[0].Address.Authority},{_engines[1].Address.Authority}",
        };
        // OpenAI's first: Ollama's leaves models behind.
        await ClientScript.RunAsync("openai.mjs", settings);
        await ClientScript.RunAsync("ollama.mjs", settings);

        using var student = _suite.Client(settings["STUDENT"]);
        using var translated = await student.PostAsJsonAsync("/api/chat", new { model = "vllm", stream = false, messages = new[] { new { role = "user", content = "Hello" } }, options = new { num_predict = 5 } });
        Assert.True((await translated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("eval_count").GetInt32() > 0);
        Assert.Equal(HttpStatusCode.Forbidden, (await student.GetAsync(new Uri("/nodes", UriKind.Relative))).StatusCode);
        using var owner = _suite.Client();
        var nodes = (await owner.GetFromJsonAsync<JsonElement>("/nodes")).GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("state").GetString());
        Assert.Equal(["ready", "ready", "ready"], nodes);
    }
}
