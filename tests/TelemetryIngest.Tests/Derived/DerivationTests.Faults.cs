using System.Globalization;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests.Derived;

/// <summary>What one learner sends, or the database refuses, is that learner's matter alone.</summary>
public sealed partial class DerivationTests
{
    [Fact]
    public async Task Names_longer_than_an_index_takes_and_rows_that_are_refused_keep_nobody_elses_out()
    {
        var (service, data) = await app.AloneAsync(Hasty);
        await using var _ = service;
        await using var __ = data;
        await ExecuteAsync(data, "ALTER TABLE cell_days ADD CHECK (learner <> 'learner-ab'); ALTER TABLE code_states ADD CHECK (learner <> 'learner-ab')");
        var notebook = Unlike(1024);
        await service.StoreAsync(
            Sent.Execution(_now.AddMinutes(-3), notebook: notebook).Of(_course, "learner-aa"),
            Sent.Event("TutorQuestion", _now.AddMinutes(-2), new { @class = Unlike(3000), objective = Unlike(20_000) }, notebook).Of(_course, "learner-aa"),
            Typed(0, notebook).Of(_course, "learner-aa"),
            Sent.Execution(_now.AddMinutes(-3)).Of(_course, "learner-ab"),
            Typed(0).Of(_course, "learner-ab"),
            Sent.Execution(_now.AddMinutes(-3)).Of(_course, "learner-zz"),
            Typed(0).Of(_course, "learner-zz"));
        await service.DerivedAsync(_course);
        using var instructor = service.ClientFor(TestIdentity.Instructor(course: _course));
        var progress = await instructor.GetAsync($"/telemetry/courses/{_course}/progress").JsonAsync();
        var notebooks = progress.GetProperty("notebooks").EnumerateArray().Select(one => one.GetProperty("notebook").GetString()!).ToList();
        Assert.Equal(2, notebooks.Count);
        Assert.StartsWith(notebook[..300], notebooks.Single(name => name != "Task.ipynb"), StringComparison.Ordinal);
        Assert.Equal(["learner-ab -", "learner-zz s"], StatesOf(await ProgressOfAsync(service, "Task.ipynb")));
        Assert.Equal(0, (await ProgressOfAsync(service, notebooks.Single(name => name != "Task.ipynb"))).GetProperty("learners")[0].GetProperty("reliance").GetDouble());
        Assert.Equal(1, (await instructor.GetAsync($"/telemetry/courses/{_course}/help-seeking").JsonAsync()).GetProperty("questions").GetInt32());

        // The next event is tried again.
        await ExecuteAsync(data, "ALTER TABLE cell_days DROP CONSTRAINT cell_days_learner_check");
        await service.StoreAsync(Sent.Execution(_now.AddMinutes(-1)).Of(_course, "learner-ab"));
        await service.DerivedAsync(_course);
        Assert.Equal(["learner-ab s", "learner-zz s"], StatesOf(await ProgressOfAsync(service, "Task.ipynb")));
    }

    [Fact]
    public async Task Two_reports_of_one_execution_are_one_on_both_sides_of_midnight_whichever_comes_first()
    {
        var (service, data) = await app.AloneAsync([.. Hasty, new("Activity:SameExecutionWithin", "00:04:00")]);
        await using var _ = service;
        await using var __ = data;
        var midnight = new DateTimeOffset(_now.UtcDateTime.Date.AddDays(-2), TimeSpan.Zero);
        // By the senders' clocks, and where those are minutes apart by when they came.
        (string Learner, double Observed, double Reported)[] cases = [("near", -10, 10), ("apart", -300, 200), ("after", 10, -10), ("later", 200, -300)];
        foreach (var isFirst in new[] { true, false })
        {
            await service.StoreAsync(cases.Select(one => (isFirst
                ? Sent.Event("CellExecuteEvent", midnight.AddSeconds(one.Observed), new { success = true, cells = new[] { new { id = "c1", index = 0, type = "code" } } }, "Task.ipynb", "c1")
                : Sent.Execution(midnight.AddSeconds(one.Reported))).Of(_course, $"learner-{one.Learner}")));
            await service.DerivedAsync(_course);
        }

        Assert.Equal("1 1 1 1", await data.OneAsync<string>("SELECT string_agg(one.executions::text, ' ') FROM (SELECT sum(executions) AS executions FROM cell_days GROUP BY learner) AS one"));
        Assert.Equal("1 1 1 1", await data.OneAsync<string>("SELECT string_agg(one.days::text, ' ') FROM (SELECT count(*) AS days FROM cell_days GROUP BY learner) AS one"));
    }

    [Fact]
    public async Task Who_takes_longer_than_the_database_is_given_holds_up_nobody_else_and_is_tried_again()
    {
        var database = await app.Postgres.CreateDatabaseAsync();
        await using var service = await new ServiceUnderTest<Program>([new("ConnectionStrings:telemetrydb", $"{database};Command Timeout=5"), .. Hasty]).StartedAsync();
        await using var data = Npgsql.NpgsqlDataSource.Create(database);
        // The one who was seen last comes first.
        await service.StoreAsync(Sent.Execution(_now.AddMinutes(-1)).Of(_course, "learner-slow"));
        await service.DerivedAsync(_course);
        await using (var connection = await data.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var hold = new Npgsql.NpgsqlCommand("SELECT FROM cell_days WHERE learner = 'learner-slow' FOR UPDATE", connection);
            await hold.ExecuteNonQueryAsync();
            await ExecuteAsync(data, "UPDATE learners SET changed_since = '1970-01-01Z', days_derived_at = NULL, changes = nextval('learner_changes')");
            await service.StoreAsync(Enumerable.Range(0, 3).Select(i => Sent.Execution(_now.AddMinutes(-2)).Of(_course, $"learner-{i}")));
            await Calls.UntilAsync(() => data.OneAsync<bool>("SELECT count(*) = 3 FROM cell_standings WHERE learner <> 'learner-slow'"), Derivations.Patience);
            Assert.True(await data.OneAsync<bool>("SELECT changed_since IS NOT NULL FROM learners WHERE learner = 'learner-slow'"));
            await transaction.RollbackAsync();
        }

        await service.DerivedAsync(_course);
    }

    [Fact]
    public async Task What_comes_while_code_is_rebuilt_is_gone_on_from()
    {
        var (service, data) = await app.AloneAsync(Hasty);
        await using var _ = service;
        await using var __ = data;
        await service.StoreAsync(Typed(0).Of(_course, "learner-ada"));
        await service.DerivedAsync(_course);
        await using (var connection = await data.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var hold = new Npgsql.NpgsqlCommand("LOCK TABLE code_states IN ACCESS EXCLUSIVE MODE", connection);
            await hold.ExecuteNonQueryAsync();
            await service.StoreAsync(Typed(1).Of(_course, "learner-ada"));
            await Calls.UntilAsync(() => data.OneAsync<bool>("SELECT edited_since IS NULL FROM learners"), Derivations.Patience);
            await service.StoreAsync(Typed(2).Of(_course, "learner-ada"));
            Assert.True(await data.OneAsync<bool>("SELECT edited_since = (SELECT max(live_at) FROM events) FROM learners"));
            await transaction.CommitAsync();
        }

        await service.DerivedAsync(_course);
        Assert.Equal(3, await data.OneAsync<int>("SELECT typed FROM code_states"));
    }

    [Fact]
    public async Task A_notebook_with_more_events_than_can_be_rebuilt_keeps_what_is_known_of_it()
    {
        var (service, data) = await app.AloneAsync([.. Hasty, new("CodeStates:MaxEvents", "100")]);
        await using var _ = service;
        await using var __ = data;
        await service.StoreAsync(Enumerable.Range(0, 80).Select(i => Typed(i).Of(_course, "learner-ada")));
        await service.DerivedAsync(_course);
        await service.StoreAsync(Enumerable.Range(80, 60).Select(i => Typed(i).Of(_course, "learner-ada")));
        await service.DerivedAsync(_course);
        Assert.Equal(140, await data.OneAsync<int>("SELECT typed FROM code_states"));
        // Late, so that all of it would have to be read again.
        await service.StoreAsync(Typed(-1).Of(_course, "learner-ada"));
        await service.DerivedAsync(_course);
        await service.StoreAsync(Typed(140).Of(_course, "learner-ada"));
        await service.DerivedAsync(_course);
        Assert.Equal(141, await data.OneAsync<int>("SELECT typed FROM code_states"));
    }

    /// <summary>A letter typed at the end of so many.</summary>
    private Dictionary<string, object?> Typed(int length, string notebook = "Task.ipynb") => Sent.Event(
        "CellEditEvent",
        _now.AddMinutes(-30).AddSeconds(length),
        new { cells = new[] { new { id = "c1", index = 0, type = "code" } }, changes = length > 0 ? new object[] { length, new object[] { 0, "x" } } : [new object[] { 0, "x" }] },
        notebook);

    /// <summary>Text of three bytes a character that does not compress.</summary>
    private static string Unlike(int length)
    {
#pragma warning disable CA5394 // The same in every run.
        var random = new Random(length);
        return string.Create(length, random, static (text, random) =>
        {
            foreach (ref var letter in text)
            {
                letter = (char)(0x4E00 + random.Next(20_000));
            }
        });
#pragma warning restore CA5394
    }

    private static IEnumerable<string> StatesOf(JsonElement progress) =>
        progress.GetProperty("learners").EnumerateArray().Select(learner => $"{learner.GetProperty("learner")} {learner.GetProperty("states")}");

    private async Task<JsonElement> ProgressOfAsync(ServiceUnderTest<Program> service, string notebook)
    {
        using var instructor = service.ClientFor(TestIdentity.Instructor(course: _course));
        return await instructor.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/telemetry/courses/{_course}/progress?notebook={Uri.EscapeDataString(notebook)}")).JsonAsync();
    }
}
