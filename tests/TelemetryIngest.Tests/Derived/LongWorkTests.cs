using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests.Derived;

/// <summary>Stuck by time: at work in a cell for longer than nine in ten of those who solved it.</summary>
public sealed class LongWorkTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    // Made once what learners did is derived, in the same round.
    private const string Thresholds = "SELECT coalesce(string_agg(seconds || ' ' || solved, ','), '') FROM cell_thresholds";

    private static readonly KeyValuePair<string, string?>[] Hasty =
    [
        new("Derivation:Interval", "00:00:00.05"), new("Derivation:CodeInterval", "00:00:00"),
        new("Activity:StuckMinSolved", "5"), new("Activity:StuckMinTime", "00:03:00"), new("Activity:StuckFor", "02:00:00"),
    ];

    private readonly string _course = TelemetryApplication.NewCourse();

    // Whole milliseconds, and late in a stretch of ten minutes, so that work goes on over its end.
    private readonly DateTimeOffset _start = DateTimeOffset.FromUnixTimeSeconds((TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeSeconds() / 600 * 600) + 500);

    [Fact]
    public async Task Who_is_at_work_for_longer_than_nine_in_ten_of_those_who_solved_it_is_stuck()
    {
        var (service, data) = await app.AloneAsync(Hasty);
        await using var _ = service;
        await using var __ = data;
        // 30, 60, 120, 240 and, over a silence of six minutes that does not count, 100 + 200 s: of five the ninth tenth is the last, 300 s.
        await StoreAsync(
            service,
            [.. Enters("a1", 0), Runs("a1", 30, success: true), .. Edits("a1", 60, 100)],
            [.. Enters("a2", 0), Runs("a2", 20, success: false), Runs("a2", 60, success: true)],
            [.. Enters("a3", 0), .. Edits("a3", 60), Runs("a3", 120, success: true)],
            [.. Enters("a4", 0), .. Edits("a4", 200), Runs("a4", 240, success: true)],
            [.. Enters("a5", 0), .. Edits("a5", 100, 460), Runs("a5", 660, success: true)],
            // 300 s are not longer; 301 s are; 400 s, but half of them in another cell; 299 s, and a failure after a silence.
            [.. Enters("b1", 0), .. Edits("b1", 250, 300)],
            [.. Enters("b2", 0), .. Edits("b2", 250), Runs("b2", 301, success: false)],
            [.. Enters("b3", 0), .. Edits("b3", 200), Enter("b3", 200, "c2"), .. Edits("b3", 400)],
            [.. Enters("b4", 0), .. Edits("b4", 299), Runs("b4", 700, success: false)]);
        await service.DerivedAsync(_course);
        Assert.Equal("30 60 120 240 300", await data.OneAsync<string>("SELECT string_agg(active::text, ' ' ORDER BY active) FROM cell_standings WHERE first_success IS NOT NULL"));
        Assert.Equal("300 301 200 200 299", await data.OneAsync<string>("SELECT string_agg(active::text, ' ' ORDER BY learner, cell) FROM cell_standings WHERE first_success IS NULL"));
        await Calls.UntilAsync(async () => await data.OneAsync<string>(Thresholds) == "300 5", Derivations.Patience);

        var view = await ViewAsync(service);
        var stuck = view.GetProperty("learners").EnumerateArray().Where(one => one.GetProperty("stuck").GetBoolean()).ToList();
        Assert.Equal(["learner-b2"], stuck.Select(one => one.GetProperty("learner").GetString()));
        Assert.Equal("learner-b2", view.GetProperty("learners")[0].GetProperty("learner").GetString());
        Assert.Equal("5 min at work in one cell of Task.ipynb without success; 90 % of the 5 who solved it took 5 min at most.", stuck[0].GetProperty("stuck_reason").GetString());

        // What comes late counts where it belongs, and success ends it.
        await StoreAsync(service, [.. Edits("b4", 500)], [Runs("b2", 310, success: true)]);
        await service.DerivedAsync(_course);
        await Calls.UntilAsync(async () => await data.OneAsync<string>(Thresholds) == "310 6", Derivations.Patience);
        Assert.Equal(["learner-b4"], Stuck(await ViewAsync(service)));
    }

    [Fact]
    public async Task Few_who_solved_it_and_little_time_make_nobody_stuck()
    {
        var (service, data) = await app.AloneAsync(Hasty);
        await using var _ = service;
        await using var __ = data;
        await StoreAsync(service,
        [
            // c1: four solved it. c2: five did, at once, and two minutes are not much all the same.
            .. Enumerable.Range(0, 4).SelectMany(i => (Dictionary<string, object?>[])[Enter($"a{i}", 0, "c1"), Runs($"a{i}", 10, success: true)]),
            .. Enumerable.Range(0, 5).SelectMany(i => (Dictionary<string, object?>[])[Enter($"a{i}", 20, "c2"), Runs($"a{i}", 21, success: true, "c2")]),
            .. Enters("b", 0), .. Edits("b", 280, 560),
            Enter("c", 0, "c2"), .. Edits("c", 120),
        ]);
        await service.DerivedAsync(_course);
        Assert.Equal(560f, await data.OneAsync<float>("SELECT active FROM cell_standings WHERE learner = 'learner-b'"));
        Assert.Empty(Stuck(await ViewAsync(service)));
    }

    [Fact]
    public async Task Who_goes_on_in_another_notebook_is_no_longer_at_work_in_the_cell_that_was_left()
    {
        var (service, data) = await app.AloneAsync(Hasty);
        await using var _ = service;
        await using var __ = data;
        await StoreAsync(
            service,
            [.. Enumerable.Range(0, 5).SelectMany(i => (Dictionary<string, object?>[])[Enter($"a{i}", 0, "c1"), Runs($"a{i}", 190, success: true)])],
            [.. Enters("b", 0), .. Edits("b", 100), .. EditsIn("Other.ipynb", "b", 150, 300, 450, 600)]);
        await service.DerivedAsync(_course);
        Assert.Equal(150f, await data.OneAsync<float>("SELECT active FROM cell_standings WHERE learner = 'learner-b'"));
        await Calls.UntilAsync(async () => await data.OneAsync<string>(Thresholds) == "190 5", Derivations.Patience);
        Assert.Empty(Stuck(await ViewAsync(service)));
    }

    [Fact]
    public async Task Who_comes_back_from_another_notebook_is_at_work_in_no_cell_until_one_is_named()
    {
        var (service, data) = await app.AloneAsync(Hasty);
        await using var _ = service;
        await using var __ = data;
        await StoreAsync(service, [.. Enters("b", 0), .. EditsIn("Other.ipynb", "b", 50)]);
        await service.DerivedAsync(_course);
        // So much later that time is added up from a stretch on before which the learner had left.
        await StoreAsync(service, [.. Edits("b", 450, 500)]);
        await service.DerivedAsync(_course);
        Assert.Equal(50f, await data.OneAsync<float>("SELECT active FROM cell_standings WHERE learner = 'learner-b'"));
    }

    [Fact]
    public async Task Time_at_work_goes_on_where_what_was_taken_for_a_success_turns_out_to_be_the_report_of_a_failure()
    {
        var (service, data) = await app.AloneAsync(Hasty);
        await using var _ = service;
        await using var __ = data;
        await StoreAsync(service, [.. Enters("b", 0), Observes("b", 30), .. Edits("b", 60, 120)]);
        await service.DerivedAsync(_course);
        Assert.Equal(30f, await data.OneAsync<float>("SELECT active FROM cell_standings WHERE learner = 'learner-b'"));
        // It comes about when the browser's report did, whose clock is minutes behind.
        await StoreAsync(service, [Runs("b", 400, success: false)]);
        await service.DerivedAsync(_course);
        Assert.Equal(400f, await data.OneAsync<float>("SELECT active FROM cell_standings WHERE learner = 'learner-b'"));
    }

    [Fact]
    public async Task What_is_solved_by_nobody_any_more_makes_nobody_stuck()
    {
        var (service, data) = await app.AloneAsync(Hasty);
        await using var _ = service;
        await using var __ = data;
        await StoreAsync(service, [.. Enumerable.Range(0, 5).SelectMany(i => (Dictionary<string, object?>[])[Enter($"a{i}", 0, "c1"), Observes($"a{i}", 60)])]);
        await service.DerivedAsync(_course);
        await Calls.UntilAsync(async () => await data.OneAsync<string>(Thresholds) == "60 5", Derivations.Patience);
        await StoreAsync(service, [.. Enumerable.Range(0, 5).Select(i => Runs($"a{i}", 70, success: false))]);
        await service.DerivedAsync(_course);
        await Calls.UntilAsync(async () => (await data.OneAsync<string>(Thresholds)).Length == 0, Derivations.Patience);
    }

    [Fact]
    public async Task Nobody_waits_behind_those_who_never_pause()
    {
        // More than are derived at once.
        const int Busy = 120;
        var (service, data) = await app.AloneAsync(Hasty);
        await using var _ = service;
        await using var __ = data;
        using var over = new CancellationTokenSource();
        var pressing = Task.Run(async () =>
        {
            for (var round = 0; !over.IsCancellationRequested; round++)
            {
                await StoreAsync(service, Enumerable.Range(0, Busy).Select(i => Runs($"busy{i:000}", round, success: false)));
            }
        });
        await Calls.UntilAsync(async () => await data.OneAsync<long>("SELECT count(*) FROM cell_standings") > 0, Derivations.Patience);

        await StoreAsync(service, [Runs("zoe", 1, success: true)]);
        await Calls.UntilAsync(async () => await data.OneAsync<long>("SELECT count(*) FROM cell_standings WHERE learner = 'learner-zoe'") == 1, Derivations.Patience);
        await over.CancelAsync();
        await pressing;
    }

    private static IEnumerable<string?> Stuck(JsonElement view) =>
        view.GetProperty("learners").EnumerateArray().Where(one => one.GetProperty("stuck").GetBoolean()).Select(one => one.GetProperty("learner").GetString());

    private Dictionary<string, object?>[] Enters(string learner, double seconds) => [Enter(learner, seconds, "c1")];

    private Dictionary<string, object?> Enter(string learner, double seconds, string cell) =>
        Sent.Event("ActiveCellChangeEvent", _start.AddSeconds(seconds), new { cells = new[] { new { id = cell, index = 0, type = "code" } } }, "Task.ipynb", cell).Of(_course, $"learner-{learner}");

    /// <summary>Edits as pioneer reports them, which do not say of which cell.</summary>
    private IEnumerable<Dictionary<string, object?>> Edits(string learner, params double[] seconds) => EditsIn("Task.ipynb", learner, seconds);

    private IEnumerable<Dictionary<string, object?>> EditsIn(string notebook, string learner, params double[] seconds) =>
        seconds.Select(at => Sent.Event("CellEditEvent", _start.AddSeconds(at), new { index = 0, changes = Array.Empty<object>() }, notebook).Of(_course, $"learner-{learner}"));

    private Dictionary<string, object?> Runs(string learner, double seconds, bool success, string cell = "c1") =>
        Sent.Execution(_start.AddSeconds(seconds), success ? null : "NameError", cell: cell).Of(_course, $"learner-{learner}");

    /// <summary>A success as pioneer reports it.</summary>
    private Dictionary<string, object?> Observes(string learner, double seconds) =>
        Sent.Event("CellExecuteEvent", _start.AddSeconds(seconds), new { success = true, cells = new[] { new { id = "c1", index = 0, type = "code" } } }, "Task.ipynb", "c1").Of(_course, $"learner-{learner}");

    private async Task<JsonElement> ViewAsync(ServiceUnderTest<Program> service)
    {
        using var instructor = service.ClientFor(TestIdentity.Instructor(course: _course));
        return await instructor.GetAsync($"/telemetry/courses/{_course}/activity").JsonAsync();
    }

    private static Task StoreAsync(ServiceUnderTest<Program> to, params IEnumerable<Dictionary<string, object?>>[] events) =>
        to.StoreAsync(events.SelectMany(own => own));
}
