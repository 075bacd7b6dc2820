using Lyceum.Testing;

namespace Lyceum.Gateway.Tests;

/// <summary>Gateway on a real port with a real database, in front of one recording upstream that plays all four services.</summary>
public sealed class GatewayApplication : IAsyncLifetime
{
    public const string OwnerToken = "an-owner-token-for-tests";

    private readonly PostgresServer _postgres = new();
    private ServiceUnderTest<Program>? _gateway;

    public Upstream Upstream { get; } = new();

    public PostgresServer Postgres => _postgres;

    public string Database { get; private set; } = "";

    public Uri Address { get; private set; } = null!;

    /// <summary>A client without any credentials that follows no redirect and keeps no cookie.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };

    public HttpClient ClientWith(string token)
    {
        var client = Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public HttpClient Owner() => ClientWith(OwnerToken);

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        await Upstream.StartAsync();
        Database = await _postgres.CreateDatabaseAsync();
        _gateway = await StartAsync(OwnerToken);
        using var client = _gateway.CreateClient();
        Address = client.BaseAddress!;
    }

    /// <summary>Starts a Gateway with the same database and people but for the owner's token, and with more settings.</summary>
    public async Task<ServiceUnderTest<Program>> StartAsync(string ownerToken, params IEnumerable<KeyValuePair<string, string?>> more)
    {
        string[] services = ["kernelservice", "modelhost", "telemetryingest", "chatservice"];
        return await new ServiceUnderTest<Program>([
            new("ConnectionStrings:gatewaydb", Database),
            new("Accounts:OwnerToken", ownerToken),
            new("Accounts:LearnerKey", "a learner key for tests, 32 characters"),
            new("Limits:MaxRequestBodySize", $"{1 << 20}"),
            new("Limits:AnonymousRequestsPerSecond", "50"),
            .. services.Select(name => KeyValuePair.Create($"services:{name}:http:0", (string?)Upstream.Address.ToString())),
            .. more,
        ]).StartedAsync();
    }

    public async Task DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        await Upstream.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}

[CollectionDefinition(nameof(GatewayApplication))]
public sealed class GatewayTests : ICollectionFixture<GatewayApplication>;
