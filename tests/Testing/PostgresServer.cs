using System.Diagnostics;
using Npgsql;
using Xunit;

namespace Lyceum.Testing;

/// <summary>
/// A real PostgreSQL server of the machine's own installation, with an empty data folder, for one test collection.
/// Use as a class or collection fixture. It can be stopped and started to try outages.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly int _port = LoopbackPort.Unused();
    private string _folder = "";
    private Process? _server;

    /// <summary>Whether commits are on the disk when they are answered; tests need not wait for that, measurements do.</summary>
    public bool IsDurable { get; init; }

    /// <summary>Where the data lies that is to stay when the server has ended; null for a folder that goes with it.</summary>
    public string? KeptFolder { get; init; }

    /// <summary>Makes an empty database and answers its connection string.</summary>
    public Task<string> CreateDatabaseAsync() => CreateDatabaseAsync($"test_{Guid.NewGuid():N}");

    /// <summary>Makes a database, unless it is there already, and answers its connection string.</summary>
    /// <param name="name">Its name; letters, digits and underscores.</param>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        // Not from a pool: its connections would not know that the server was stopped in between.
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // The caller's own name.
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
#pragma warning restore CA2100
        try
        {
            await command.ExecuteNonQueryAsync();
        }
        catch (PostgresException exists) when (exists.SqlState == PostgresErrorCodes.DuplicateDatabase)
        {
            // It was made when the folder was used before.
        }

        return ConnectionString(name);
    }

    /// <summary>Starts the server and answers once it takes connections.</summary>
    public async Task StartAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        _server = Run();
        while (true)
        {
            if (_server.HasExited)
            {
                // Killed a moment ago, it may still have had a process at its memory.
                await Task.Delay(50, limit.Token);
                _server = Run();
            }

            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
                await connection.OpenAsync(limit.Token);
                return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    /// <summary>Stops the server as an operator would: connections are cut, data is kept.</summary>
    public async Task StopAsync()
    {
        if (_server is { HasExited: false })
        {
            using var signal = Process.Start("kill", ["-INT", $"{_server.Id}"]);
            await signal.WaitForExitAsync();
            await _server.WaitForExitAsync();
        }
    }

    /// <summary>Kills the server and its processes without a word, as a failure would.</summary>
    public async Task KillAsync()
    {
        _server!.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
    }

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        _folder = KeptFolder is null ? Directory.CreateTempSubdirectory("lyceum-pg-").FullName : Directory.CreateDirectory(KeptFolder).FullName;
        if (File.Exists(Path.Combine(_folder, "PG_VERSION")))
        {
            await StartAsync();
            return;
        }

        await UnprivilegedAccount.GiveAsync(_folder);
        using var initdb = Run("initdb", "-D", _folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await initdb.WaitForExitAsync();
        if (initdb.ExitCode != 0)
        {
            throw new InvalidOperationException($"initdb ended with {initdb.ExitCode}.");
        }

        await StartAsync();
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        await StopAsync();
        _server?.Dispose();
        if (KeptFolder is null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Timeout=5";

    private Process Run() =>
        Run("postgres", "-D", _folder, "-p", $"{_port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", $"fsync={(IsDurable ? "on" : "off")}");

    private static Process Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(BinFolder(), program), arguments);
        // PostgreSQL refuses to run as root.
        UnprivilegedAccount.Take(start);
        start.WorkingDirectory = "/";
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string BinFolder() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")).First(Directory.Exists)
            : throw new InvalidOperationException("PostgreSQL is not installed: run ./test.sh, which installs it, or apt-get install postgresql.");
}
