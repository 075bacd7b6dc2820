using System.Globalization;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class RetentionTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    // Whole seconds, and long before now.
    private readonly DateTimeOffset _start = DateTimeOffset.FromUnixTimeSeconds(Now.AddHours(-1).ToUnixTimeSeconds());

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Months_are_made_ahead_and_each_event_lies_in_the_one_that_it_is_of()
    {
        var months = await app.OneAsync<string>("SELECT string_agg(relid::text, ' ' ORDER BY relid::text) FROM pg_partition_tree('events') WHERE isleaf");
        Assert.Contains(Month(Now.AddDays(-1)), months, StringComparison.Ordinal);
        Assert.Contains(Month(Now), months, StringComparison.Ordinal);
        Assert.Contains(Month(Now.AddDays(62)), months, StringComparison.Ordinal);

        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var sent = Now;
        await client.SendAsync(Sent.Execution(sent)).IngestedAsync();
        Assert.Equal(Month(sent), await app.OneAsync<string>("SELECT tableoid::regclass::text FROM events WHERE course = $1", course));
    }

    [Fact]
    public async Task What_is_past_retention_goes_with_all_that_knows_of_it()
    {
        var database = await app.Postgres.CreateDatabaseAsync();
        await using var data = NpgsqlDataSource.Create(database);
        var old = Sent.Execution(Now.AddDays(-90), "NameError");
        var older = Sent.Execution(Now.AddDays(-90), "NameError");
        var fresh = Sent.Execution(Now);
        await using (var before = await StartAsync(("Events:MaxClockError", "200.00:00:00")))
        {
            using var service = before.ClientFor(TestIdentity.Service());
            Assert.Equal((3, 0, ""), await service.SendAsync(old.Of("c", "gone"), older.Of("c", "here"), fresh.Of("c", "here")).IngestedAsync());
            Assert.Equal((0, 1, ""), await service.SendAsync(old.Of("c", "gone")).IngestedAsync());
            Assert.Equal((5, 0, ""), await service.SendAsync(
                Sent.Execution(Now.AddDays(-89), cell: "solved").Of("c", "here"),
                WorksAt(_start.AddDays(-88)), WorksAt(_start.AddDays(-88).AddSeconds(60)), WorksAt(_start), WorksAt(_start.AddSeconds(30))).IngestedAsync());
            await Calls.UntilAsync(
                async () => await data.OneAsync<long>("SELECT coalesce(sum(tries), 0) FROM cell_standings") == 4 && await data.OneAsync<long>("SELECT count(*) FROM learners WHERE changed_since IS NOT NULL") == 0,
                TimeSpan.FromSeconds(60));
            await Calls.UntilAsync(async () => await data.OneAsync<string>("SELECT coalesce(string_agg(active::text, ''), '') FROM cell_standings WHERE cell = 'worked'") == "90", TimeSpan.FromSeconds(60));
            await Calls.UntilAsync(async () => await data.OneAsync<long>("SELECT count(*) FROM cell_thresholds") == 2, TimeSpan.FromSeconds(60));
        }

        await using var after = await StartAsync(("Retention:Events", "40.00:00:00"), ("Retention:CheckInterval", "00:00:01"));
        await Calls.UntilAsync(async () => await data.OneAsync<long>("SELECT count(*) FROM learners") == 1, TimeSpan.FromSeconds(30));
        await Calls.UntilAsync(async () => await data.OneAsync<string>("SELECT string_agg(learner, ' ') FROM events") == "here here here", TimeSpan.FromSeconds(30));
        // Of the one who is still here, what stays is put together anew.
        await Calls.UntilAsync(async () => await data.OneAsync<long>("SELECT sum(tries) FROM cell_standings") == 1, TimeSpan.FromSeconds(60));
        await Calls.UntilAsync(async () => await data.OneAsync<float>("SELECT active FROM cell_standings WHERE cell = 'worked'") == 30, TimeSpan.FromSeconds(60));
        await Calls.UntilAsync(async () => await data.OneAsync<long>("SELECT count(*) FROM cell_thresholds") == 1, TimeSpan.FromSeconds(60));
        Assert.Equal(1, await data.OneAsync<long>("SELECT count(*) FROM notebook_learners"));
        Assert.Equal(3, await data.OneAsync<long>("SELECT count(*) FROM event_ids"));
        Assert.DoesNotContain(Month(Now.AddDays(-90)), await data.OneAsync<string>("SELECT string_agg(relid::text, ' ') FROM pg_partition_tree('events')"), StringComparison.Ordinal);

        async Task<ServiceUnderTest<Program>> StartAsync(params (string Key, string Value)[] settings) => await new ServiceUnderTest<Program>(
            [new("ConnectionStrings:telemetrydb", database), .. settings.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value))]).StartedAsync();

        static Dictionary<string, object?> WorksAt(DateTimeOffset time) => Sent.Event(
            "ActiveCellChangeEvent", time, new { cells = new[] { new { id = "worked", index = 0, type = "code" } } }, "Task.ipynb", "worked").Of("c", "here");
    }

    [Fact]
    public async Task A_month_is_dropped_without_anybody_waiting_and_what_was_derived_of_it_goes_on()
    {
        var database = await app.Postgres.CreateDatabaseAsync();
        await using var data = NpgsqlDataSource.Create(database);
        await using (var before = await StartAsync(("Events:MaxClockError", "200.00:00:00"), ("Derivation:CodeInterval", "00:00:00")))
        {
            using var service = before.ClientFor(TestIdentity.Service());
            await service.SendAsync(Edit(Now.AddDays(-90), 0, "tutor"), Edit(Now.AddHours(-1), 1, "typed")).IngestedAsync();
            await Calls.UntilAsync(async () => await data.OneAsync<long>("SELECT count(*) FROM code_states") == 1, TimeSpan.FromSeconds(30));
        }

        await using var reading = await data.OpenConnectionAsync();
        await using var transaction = await reading.BeginTransactionAsync();
        await using var read = new NpgsqlCommand("SELECT count(*) FROM events", reading);
        await read.ExecuteScalarAsync();
        await using var after = await StartAsync(
            ("Retention:Events", "40.00:00:00"), ("Retention:CheckInterval", "00:00:01"), ("Derivation:CodeInterval", "00:00:00"));
        using var sender = after.ClientFor(TestIdentity.Service());
        await Calls.UntilAsync(
            async () => await data.OneAsync<bool>("SELECT EXISTS (SELECT FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted)"), TimeSpan.FromSeconds(60));
        Assert.Equal((1, 0, ""), await sender.SendAsync(Edit(Now, 2, "typed")).IngestedAsync());
        Assert.Equal(3, await data.OneAsync<long>("SELECT count(*) FROM events"));

        await transaction.RollbackAsync();
        await Calls.UntilAsync(async () => await data.OneAsync<long>("SELECT count(*) FROM events") == 2, TimeSpan.FromSeconds(60));
        // Late, so that the code would be rebuilt if its beginning were still there.
        await sender.SendAsync(Edit(Now.AddHours(-2), 7, "typed"), Edit(Now, 3, "typed")).IngestedAsync();
        await Calls.UntilAsync(async () => await data.OneAsync<int>("SELECT typed FROM code_states") == 3, TimeSpan.FromSeconds(30));
        Assert.Equal(1, await data.OneAsync<int>("SELECT tutor FROM code_states"));

        async Task<ServiceUnderTest<Program>> StartAsync(params (string Key, string Value)[] settings) => await new ServiceUnderTest<Program>(
            [new("ConnectionStrings:telemetrydb", database), .. settings.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value))]).StartedAsync();

        static Dictionary<string, object?> Edit(DateTimeOffset time, int length, string origin) => Sent.Event(
            "CellEditEvent",
            time,
            new { cells = new[] { new { id = "c1", index = 0, type = "code" } }, changes = length > 0 ? new object[] { length, new object[] { 0, "x" } } : [new object[] { 0, "x" }], origin },
            "Task.ipynb").Of("c", "here");
    }

    [Fact]
    public async Task Events_of_before_there_were_months_are_moved_into_theirs()
    {
        var database = await app.Postgres.CreateDatabaseAsync();
        await using var data = NpgsqlDataSource.Create(database);
        var assembly = typeof(Program).Assembly;
        await using (var stream = assembly.GetManifestResourceStream(assembly.GetManifestResourceNames().Single(name => name.EndsWith("0001_events.sql", StringComparison.Ordinal)))!)
        {
            using var reader = new StreamReader(stream);
            await RunAsync(await reader.ReadToEndAsync());
        }

        await RunAsync($"""
            CREATE TABLE schema_version (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
            INSERT INTO schema_version (name) VALUES ('{assembly.GetManifestResourceNames().Single(name => name.EndsWith("0001_events.sql", StringComparison.Ordinal))}');
            INSERT INTO events (id, received_at, occurred_at, live_at, clock_off, course, learner, type, source)
            SELECT gen_random_uuid(), t, t, t, false, 'c', 'l', 'CellAddEvent', 'batch' FROM generate_series(now() - interval '200 days', now(), interval '10 days') AS t
            """);
        await using var service = await new ServiceUnderTest<Program>([new("ConnectionStrings:telemetrydb", database)]).StartedAsync();
        Assert.Equal(21, await data.OneAsync<long>("SELECT count(*) FROM events JOIN event_ids USING (id) WHERE events.tableoid::regclass::text = 'events_' || to_char(live_at AT TIME ZONE 'UTC', 'YYYY_MM')"));

        async Task RunAsync(string sql)
        {
#pragma warning disable CA2100 // The test's own.
            await using var command = data.CreateCommand(sql);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        }
    }

    private static string Month(DateTimeOffset time) => time.ToString("'events_'yyyy_MM", CultureInfo.InvariantCulture);
}
