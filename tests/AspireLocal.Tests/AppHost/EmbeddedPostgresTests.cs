using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Lyceum.AspireLocal.Tests.AppHost;

public sealed class EmbeddedPostgresTests
{
    [Fact]
    public async Task Data_is_found_again_after_an_orderly_stop_and_after_a_kill()
    {
        using var folder = new TemporaryFolder();
        await using (var first = await PostgresAsync(folder, "first", "notes"))
        {
            await ExecuteAsync(first.Database("notes"), "CREATE TABLE note (text text); INSERT INTO note VALUES ('kept')");
        }

        await using (var second = await PostgresAsync(folder, "first", "notes"))
        {
            await ExecuteAsync(second.Database("notes"), "INSERT INTO note VALUES ('kept, too')");
            second.Kill();

            // The server that was killed with its lock file in place is started again by AspireLocal.
            await Eventually.Answers(() => TryCountAsync(second.Database("notes")), count => count == 2);
        }
    }

    [Fact]
    public async Task Databases_and_password_follow_what_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        await using (await PostgresAsync(folder, "old'password", "one"))
        {
            // Only made.
        }

        await using var postgres = await PostgresAsync(folder, "new\"password", "one,two");

        await ExecuteAsync(postgres.Database("one"), "SELECT 1");
        await ExecuteAsync(postgres.Database("two"), "SELECT 1");
        var old = new NpgsqlConnectionStringBuilder(postgres.Database("one")) { Password = "old'password" };
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(old.ConnectionString, "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Fact]
    public async Task A_folder_with_something_else_in_it_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Of("data"));
        await File.WriteAllTextAsync(Path.Combine(folder.Of("data"), "thesis.txt"), "years of work");
        var builder = TestApplication.NewBuilder();
        Add(builder, folder, "password", "notes");
        await using var app = await TestApplication.StartAsync(builder);

        await Eventually.Is(() => app["postgres"].Reason, reason => reason?.Contains("neither empty nor a PostgreSQL cluster (thesis.txt)", StringComparison.Ordinal) == true);

        Assert.Equal("years of work", await File.ReadAllTextAsync(Path.Combine(folder.Of("data"), "thesis.txt")));
    }

    private static IResourceBuilder<ExecutableResource> Add(IDistributedApplicationBuilder builder, TemporaryFolder folder, string password, string databases)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "aspire.sln")))
        {
            root = root.Parent!;
        }

        return builder.AddExecutable("postgres", "node", Path.Combine(root.FullName, "AppHost", "embedded"), "postgres.mjs")
            .WithEndpoint(scheme: "tcp", env: "PGPORT")
            .WithEnvironment("LYCEUM_POSTGRES_DATA", folder.Of("data"))
            .WithEnvironment("LYCEUM_POSTGRES_PASSWORD", password)
            .WithEnvironment("LYCEUM_POSTGRES_DATABASES", databases);
    }

    private static async Task<Server> PostgresAsync(TemporaryFolder folder, string password, string databases)
    {
        var builder = TestApplication.NewBuilder();
        var endpoint = Add(builder, folder, password, databases).GetEndpoint("tcp");
        var server = new Server(await TestApplication.StartAsync(builder), endpoint, password);
        await Eventually.Answers(() => TryAsync(server.Database("postgres")), answered => answered);
        return server;
    }

    private static async Task<bool> TryAsync(string connectionString)
    {
        try
        {
            await ExecuteAsync(connectionString, "SELECT 1");
            return true;
        }
        catch (NpgsqlException exception) when (exception is not PostgresException { SqlState: PostgresErrorCodes.InvalidPassword })
        {
            return false;
        }
    }

    private static async Task<long?> TryCountAsync(string connectionString)
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(connectionString);
            await using var command = source.CreateCommand("SELECT count(*) FROM note");
            return (long?)await command.ExecuteScalarAsync();
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Server(TestApplication app, EndpointReference endpoint, string password) : IAsyncDisposable
    {
        public string Database(string name) => new NpgsqlConnectionStringBuilder
        {
            Host = "localhost",
            Port = endpoint.Port,
            Username = "postgres",
            Password = password,
            Database = name,
            Pooling = false,
        }.ConnectionString;

        /// <summary>Kills the script and the server at once, without a chance to tidy up.</summary>
        public void Kill()
        {
            using var kill = Process.Start("kill", ["-KILL", "--", string.Create(CultureInfo.InvariantCulture, $"-{app["postgres"].Instances[0].Pid}")]);
            kill.WaitForExit();
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
