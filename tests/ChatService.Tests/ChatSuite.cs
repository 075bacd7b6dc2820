using Lyceum.ChatService.Tests.StandIns;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests;

/// <summary>ChatService with a database of its own on real PostgreSQL, between stand-ins for its neighbours at the wire.</summary>
public sealed class ChatSuite : IAsyncDisposable
{
    private readonly List<ServiceUnderTest<Program>> _replicas = [];
    private readonly Dictionary<string, string?> _settings;

    private ChatSuite(string database, IEnumerable<(string Key, string Value)> options, ModelHostStandIn model, TelemetryStandIn telemetry)
    {
        (Model, Telemetry) = (model, telemetry);
        _settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:chatdb"] = database,
            ["services:modelhost:http:0"] = model.Address,
            ["services:telemetryingest:http:0"] = telemetry.Address,
            // On a busy machine the stand-in may take longer than a student should wait.
            ["Tutor:LastErrorTimeout"] = "00:00:10",
            ["Logging:LogLevel:Default"] = "Warning",
        };
        foreach (var (key, value) in options)
        {
            _settings[key] = value;
        }
    }

    public ModelHostStandIn Model { get; }

    public TelemetryStandIn Telemetry { get; }

    public ServiceUnderTest<Program> Service => _replicas[0];

    public IReadOnlyDictionary<string, string?> Settings => _settings;

    public static async Task<ChatSuite> StartAsync(PostgresServer postgres, params (string Key, string Value)[] options)
    {
        var model = new ModelHostStandIn();
        var telemetry = new TelemetryStandIn();
        await Task.WhenAll(model.StartAsync(), telemetry.StartAsync());
        var suite = new ChatSuite(await postgres.CreateDatabaseAsync(), options, model, telemetry);
        await suite.AddReplicaAsync();
        return suite;
    }

    /// <summary>Starts another instance of the service on the same database.</summary>
    public async Task<ServiceUnderTest<Program>> AddReplicaAsync()
    {
        var replica = new ServiceUnderTest<Program>(_settings);
        _replicas.Add(replica);
        return await replica.StartedAsync();
    }

    public Tutoring As(CallerIdentity caller) => new(Service.ClientFor(caller));

    /// <summary>A student of the default course.</summary>
    public Tutoring Student(string name = "sam") => As(TestIdentity.Student(name));

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        await Model.DisposeAsync();
        await Telemetry.DisposeAsync();
    }
}

/// <summary>One PostgreSQL server for the tests that leave it running.</summary>
[CollectionDefinition(Name)]
public sealed class SharedPostgres : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}
