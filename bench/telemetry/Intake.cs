using System.Reflection;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.TelemetryBench;

/// <summary>How fast events are taken in, beside what the same PostgreSQL does without a service in front; by round.</summary>
internal sealed record Intake(List<Outcome> Copy, List<Outcome> Single, List<Outcome> Singles, List<Outcome> Batches, List<Outcome> Ones, double Memory)
{
    private const int Rounds = 3;

    public static async Task<Intake> RunAsync(Action<string> say)
    {
        var postgres = new PostgresServer { IsDurable = true };
        await postgres.InitializeAsync();
        try
        {
            var connection = await postgres.CreateDatabaseAsync();
            await using var database = NpgsqlDataSource.Create(connection);
            await using var service = await ServiceProcess.StartAsync(Assembly.Load("TelemetryIngest"), new KeyValuePair<string, string?>("ConnectionStrings:telemetrydb", connection));

            // Compiled and cached before anything counts.
            await Load.RunAsync(service, clients: 32, batch: 50, TimeSpan.FromSeconds(4));
            await Load.RunAsync(service, clients: 256, batch: 1, TimeSpan.FromSeconds(4));
            await Floors.CopyAsync(database, TimeSpan.FromSeconds(2));

            // In turns, so that what else the machine does falls on all of them.
            var intake = new Intake([], [], [], [], [], 0);
            for (var round = 0; round < Rounds; round++)
            {
                say($"round {round + 1}");
                intake.Copy.Add(await Floors.CopyAsync(database, TimeSpan.FromSeconds(5)));
                intake.Batches.Add(await Load.RunAsync(service, clients: 32, batch: 50, TimeSpan.FromSeconds(5)));
                intake.Single.Add(await Floors.SingleRowsAsync(database, clients: 1, TimeSpan.FromSeconds(3)));
                intake.Singles.Add(await Floors.SingleRowsAsync(database, clients: 16, TimeSpan.FromSeconds(3)));
                intake.Ones.Add(await Load.RunAsync(service, clients: 256, batch: 1, TimeSpan.FromSeconds(5)));
            }

            return intake with { Memory = Machine.PeakMemory(service.Id) };
        }
        finally
        {
            await postgres.DisposeAsync();
        }
    }
}
