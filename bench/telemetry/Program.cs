using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Lyceum.TelemetryBench;
using Lyceum.Testing;
using Npgsql;

const int Rounds = 3;
const int Edits = 10_000;
var events = args is [var asked, ..] ? int.Parse(asked, CultureInfo.InvariantCulture) : 1_000_000;
var started = Stopwatch.GetTimestamp();
var now = TimeProvider.System.GetUtcNow();
var machine = Machine.Describe();
var postgres = new PostgresServer { IsDurable = true };
await postgres.InitializeAsync();
try
{
    var connection = await postgres.CreateDatabaseAsync();
    await using var database = NpgsqlDataSource.Create(connection);
    await using var service = await ServiceProcess.StartAsync(Assembly.Load("TelemetryIngest"), new KeyValuePair<string, string?>("ConnectionStrings:telemetrydb", connection));

    // Compiled and cached before anything counts.
    await Load.RunAsync(service, clients: 32, batch: 50, TimeSpan.FromSeconds(4));
    await Load.RunAsync(service, clients: 256, batch: 1, TimeSpan.FromSeconds(2));
    await Floors.CopyAsync(database, TimeSpan.FromSeconds(2));

    // In turns, so that what else the machine does falls on all of them.
    List<Outcome> copy = [], single = [], singles = [], batches = [], ones = [];
    for (var round = 0; round < Rounds; round++)
    {
        Say($"round {round + 1}");
        copy.Add(await Floors.CopyAsync(database, TimeSpan.FromSeconds(5)));
        batches.Add(await Load.RunAsync(service, clients: 32, batch: 50, TimeSpan.FromSeconds(5)));
        single.Add(await Floors.SingleRowsAsync(database, clients: 1, TimeSpan.FromSeconds(3)));
        singles.Add(await Floors.SingleRowsAsync(database, clients: 16, TimeSpan.FromSeconds(3)));
        ones.Add(await Load.RunAsync(service, clients: 256, batch: 1, TimeSpan.FromSeconds(5)));
    }

    var memory = Machine.PeakMemory(service.Id);
    Say($"class view on {events} events");
    var view = await ClassViews.RunAsync(service, database, events, requests: 100);

    Say($"replay of {Edits} edits");
    var replay = await Replays.RunAsync(service, Edits);

    var page = Page.Write(now, Stopwatch.GetElapsedTime(started), machine, new Figures(copy, single, singles, batches, ones, memory, events, view, Edits, replay));
    var path = args is [_, var chosen] ? chosen : Path.Combine(Machine.Repository, "bench", "results", $"telemetry-{now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.md");
    await File.WriteAllTextAsync(path, page);
    Console.WriteLine(page);
}
finally
{
    await postgres.DisposeAsync();
}

void Say(string phase) => Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds,6:F1} s  {phase}");
