using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ModelHost.Tests.Api;

/// <summary>The official clients of both APIs, against ModelHost before two real engines.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    private static readonly CallerIdentity Owner = new("owner", "owner", "learner-owner", "default", [Roles.Owner, Roles.Instructor]);
    private EngineNode _first = null!;
    private EngineNode _second = null!;
    private ModelHostUnderTest _host = null!;

    public async Task InitializeAsync()
    {
        _first = await EngineNode.StartAsync(new KeyValuePair<string, string>("MODELS", "tiny:latest,embed:latest,one:latest"));
        _second = await EngineNode.StartAsync(new KeyValuePair<string, string>("MODELS", "tiny:latest,embed:latest,two:latest"));
        _host = await ModelHostUnderTest.WithNodesAsync(_first.Address, _second.Address);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Theory]
    [InlineData("ollama.mjs")]
    [InlineData("openai.mjs")]
    public async Task All_that_the_official_client_offers_works(string script) => await ClientScript.RunAsync(script, new Dictionary<string, string>
    {
        ["HOST"] = _host.Client.BaseAddress!.ToString().TrimEnd('/'),
        ["STUDENT"] = TestIdentity.Token(TestIdentity.Student()),
        ["OWNER"] = TestIdentity.Token(Owner),
        ["MODELS"] = "embed:latest,one:latest,tiny:latest,two:latest",
        ["NODES"] = $"{_first.Address.Authority},{_second.Address.Authority}",
    });
}
