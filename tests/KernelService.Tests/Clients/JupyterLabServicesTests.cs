namespace Lyceum.KernelService.Tests.Clients;

/// <summary>One run of the client in each framing; a test for each scenario of the run.</summary>
public sealed class JupyterLabServicesTests(JupyterLabServicesTests.Runs runs) : IClassFixture<JupyterLabServicesTests.Runs>
{
    private static readonly string[] All =
        ["execute", "complete", "inspect", "input", "interrupt", "comm", "second", "reconnect", "restart", "contents", "server", "shutdown"];

    private static readonly string[] WithBuffersOrReplay = ["execute", "comm", "reconnect", "shutdown"];

    public static TheoryData<string, string> Scenarios
    {
        get
        {
            var scenarios = new TheoryData<string, string>();
            Array.ForEach(All, name => scenarios.Add("v1", name));
            Array.ForEach(WithBuffersOrReplay, name => scenarios.Add("legacy", name));
            return scenarios;
        }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void JupyterLabs_client_does(string framing, string scenario)
    {
        var error = runs.Results[framing][scenario];
        Assert.True(error is null, error);
    }

    public sealed class Runs : KernelServiceFixture, IAsyncLifetime
    {
        internal Dictionary<string, IReadOnlyDictionary<string, string?>> Results { get; } = [];

        async Task IAsyncLifetime.InitializeAsync()
        {
            await InitializeAsync();
            Results["v1"] = await JupyterLabClient.RunAsync(this, "v1", All);
            Results["legacy"] = await JupyterLabClient.RunAsync(this, "legacy", WithBuffersOrReplay);
        }
    }
}
