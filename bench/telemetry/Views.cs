using System.Reflection;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.TelemetryBench;

/// <summary>How long it takes to look at a class and at a notebook's history.</summary>
/// <param name="Events">How many events there were.</param>
/// <param name="Queries">The class view's queries.</param>
/// <param name="Update">From sending an event until the open class view has it, ms: the median and the longest.</param>
/// <param name="Edits">How many edits the replayed notebook had.</param>
/// <param name="Replay">From request to the whole answer, ms, and its size, bytes.</param>
internal sealed record Views(long Events, List<QueryTime> Queries, (double P50, double Longest) Update, int Edits, (double P50, double P95, int Bytes) Replay)
{
    private const int ReplayedEdits = 10_000;
    private const int Updates = 50;

    public static async Task<Views> RunAsync(int events, string? data, Action<string> say)
    {
        var postgres = new PostgresServer { IsDurable = true, KeptFolder = data };
        await postgres.InitializeAsync();
        try
        {
            var connection = await postgres.CreateDatabaseAsync("views");
            await using var database = NpgsqlDataSource.Create(connection);
            await using (await ServiceProcess.StartAsync(Assembly.Load("TelemetryIngest"), new KeyValuePair<string, string?>("ConnectionStrings:telemetrydb", connection)))
            {
                // It has made the tables.
            }

            say($"{events} events are made, unless they are there");
            var there = await History.FillAsync(database, events);
            await using var service = await ServiceProcess.StartAsync(
                Assembly.Load("TelemetryIngest"), new KeyValuePair<string, string?>("ConnectionStrings:telemetrydb", connection));
            say("what is derived of them");
            var queries = await ClassViews.RunAsync(service);
            say("updates of the open class view");
            var update = await ClassViews.UpdatesAsync(service, Updates);
            say($"replay of {ReplayedEdits} edits");
            return new Views(there, queries, update, ReplayedEdits, await Replays.RunAsync(service, ReplayedEdits));
        }
        finally
        {
            await postgres.DisposeAsync();
        }
    }
}
