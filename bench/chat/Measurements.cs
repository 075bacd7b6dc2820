using System.Diagnostics;
using System.Globalization;
using Lyceum.KernelBench.Measures;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.ChatBench;

/// <summary>A line of the page.</summary>
internal sealed record Row(string Title, string Value, string Goal);

/// <summary>The measurements; where targets are compared they take turns within each round, another one first each time.</summary>
internal sealed class Measurements(Stack stack, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _floor = NpgsqlDataSource.Create(stack.Database);
    private static readonly object Bare = new { notebook_path = "Task.ipynb", code = "print(x)", language = "python", error = new { name = "NameError", value = "name 'x' is not defined" } };

    /// <summary>First of a model that takes its time, then of one that answers at once: where it does, what the disk takes to keep the question cannot be done meanwhile.</summary>
    public async Task<IReadOnlyList<Row>> FirstTokenAsync(int rounds, int each)
    {
        stack.Node.Words = 1;
        var student = TestIdentity.Student("first");
        using var models = Stack.Client(stack.Models, student);
        using var alone = Stack.Client(stack.Alone, student);
        using var with = Stack.Client(stack.WithContext, student);
        using var telemetry = Stack.Client(stack.Telemetry, student);
        using var kernels = Stack.Client(stack.Kernels, student);
        var kernel = await stack.PrepareAsync(student, cancellationToken);
        // Without an error in the request, the last one is looked for, too.
        object rich = new { notebook_path = "Task.ipynb", kernel_id = kernel };
        Func<Task<double>>[] targets =
        [
            () => Turn.FirstOfModelAsync(models, cancellationToken),
            async () => (await Turn.ReadAsync(alone, Bare, cancellationToken)).First,
            async () => (await Turn.ReadAsync(with, rich, cancellationToken)).First,
            CommitAsync,
            () => GetAsync(telemetry, "/telemetry/learners/me/last-error?notebook=Task.ipynb"),
            () => GetAsync(kernels, $"/api/kernels/{kernel}/variables"),
        ];
        await RoundsAsync(targets, 2, each);
        stack.Node.Thinks = TimeSpan.FromMilliseconds(20);
        var slow = await RoundsAsync(targets, rounds, each);
        stack.Node.Thinks = TimeSpan.Zero;
        var fast = await RoundsAsync(targets, rounds, each);
        return
        [
            new Row("first token of a node that thinks for 20 ms, ModelHost directly, p50", Milliseconds(slow[0].Median!.Value), ""),
            new Row("ChatService without context from elsewhere adds, p50", Added(slow, 1), "3 ms"),
            new Row("ChatService with context from three services adds, p50", Added(slow, 2), "10 ms"),
            new Row("first token with that context, p99 (ModelHost directly)", $"{Milliseconds(slow[2].P99!.Value)} ({Milliseconds(slow[0].P99!.Value)})", ""),
            new Row("floor: a commit that waits for this disk, p50", Milliseconds(fast[3].Median!.Value), ""),
            new Row("floor: TelemetryIngest asked for the last error, p50", Milliseconds(slow[4].Median!.Value), ""),
            new Row("floor: KernelService asked for a kernel's variables, p50", Milliseconds(slow[5].Median!.Value), ""),
            new Row("first token of a node that answers at once, ModelHost directly, p50", Milliseconds(fast[0].Median!.Value), ""),
            new Row("ChatService without context from elsewhere adds, with the commit in it, p50", Added(fast, 1), ""),
            new Row("ChatService with context from three services adds, with the commit in it, p50", Added(fast, 2), ""),
        ];

        static string Added(Samples[] of, int target) => Milliseconds(of[target].Median!.Value - of[0].Median!.Value);
    }

    private static async Task<Samples[]> RoundsAsync(Func<Task<double>>[] targets, int rounds, int each)
    {
        var samples = targets.Select(_ => new Samples()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < targets.Length; i++)
            {
                var target = (i + round) % targets.Length;
                var times = new double[each];
                for (var j = 0; j < each; j++)
                {
                    times[j] = await targets[target]();
                }

                samples[target].AddRound(times);
            }
        }

        return samples;
    }

    private async Task<double> GetAsync(HttpClient client, string path)
    {
        var started = Stopwatch.GetTimestamp();
        await client.GetByteArrayAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private async Task<double> CommitAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await using var command = _floor.CreateCommand("SELECT pg_logical_emit_message(true, 'bench', '')");
        await command.ExecuteNonQueryAsync(cancellationToken);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    public async Task<IReadOnlyList<Row>> ManyAsync(int turns)
    {
        stack.Node.Words = 100;
        stack.Node.Pace = TimeSpan.FromMilliseconds(50);
        var started = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, turns).Select(async i =>
        {
            using var client = Stack.Client(stack.Alone, TestIdentity.Student($"many{i}"));
            return await Turn.ReadAsync(client, Bare, cancellationToken);
        }));
        var whole = all.Count(turn => turn.Text == stack.Node.Text && turn.Stored == turn.Text);
        stack.Node.Pace = TimeSpan.Zero;
        return
        [
            new Row($"{turns} turns at once, 100 words each at 20 a second: streamed and stored to the letter", $"{whole} of {turns}", $"{turns}"),
            new Row("the same: seconds in all (5 by the pace)", Stopwatch.GetElapsedTime(started).TotalSeconds.ToString("F1", CultureInfo.InvariantCulture), ""),
        ];
    }

    public async Task<IReadOnlyList<Row>> IdleAsync(int streams)
    {
        // What a thousand questions within the same moment leave behind is another matter than what a stream takes that waits.
        const int AtOnce = 50;
        stack.Node.Words = 2;
        for (var i = 0; i < streams; i += AtOnce)
        {
            await Task.WhenAll(Enumerable.Range(i, AtOnce).Select(n => TurnOfAsync($"warm{n}")));
        }

        var before = ProcessStatus.MemoryMegabytes(stack.Alone.Id);
        stack.Node.Held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<Task<Turn>> open = [];
        foreach (var students in Enumerable.Range(0, streams).Chunk(AtOnce))
        {
            open.AddRange(students.Select(i => TurnOfAsync($"idle{i}")));
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
        }

        await Task.Delay(TimeSpan.FromSeconds(15), TimeProvider.System, cancellationToken);
        var during = ProcessStatus.MemoryMegabytes(stack.Alone.Id);
        stack.Node.Held.SetResult();
        var whole = (await Task.WhenAll(open)).Count(turn => turn.Text == stack.Node.Text);
        stack.Node.Held = null;
        return [new Row($"{streams} idle streams: memory each (all {whole} ended well)", string.Create(CultureInfo.InvariantCulture, $"{(during - before) * 1000 / streams:F0} KB"), "50 KB")];

        async Task<Turn> TurnOfAsync(string name)
        {
            using var client = Stack.Client(stack.Alone, TestIdentity.Student(name));
            return await Turn.ReadAsync(client, Bare, cancellationToken);
        }
    }

    public async Task<IReadOnlyList<Row>> HistoryAsync(int messages, int requests)
    {
        const int PerConversation = 100;
        await using var database = NpgsqlDataSource.Create(stack.Database);
        await FillAsync(database, messages / PerConversation, PerConversation);
        using var client = Stack.Client(stack.Alone, TestIdentity.Student("history"));
        // Other pages for the floor, so that neither finds in memory what the other fetched from the disk.
        var all = await IdsAsync(database, requests * 2);
        var (ids, other) = (all[..requests], all[requests..]);
        List<double> times = [], floor = [];
        foreach (var id in ids)
        {
            floor.Add(await PageAsync(database, other[times.Count]));
            var asked = Stopwatch.GetTimestamp();
            var page = await client.GetStringAsync(new Uri($"/llm/chat/{id}/history/?limit=50", UriKind.Relative), cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            if (!page.Contains("question 98", StringComparison.Ordinal))
            {
                throw new InvalidOperationException("A page of history is not what it should be.");
            }
        }

        // The first requests compile the path.
        Samples samples = new(), bare = new();
        samples.AddRound([.. times.Skip(requests / 10)]);
        bare.AddRound([.. floor.Skip(requests / 10)]);
        return
        [
            new Row($"floor: the rows of a page among {messages:N0} by a bare client of PostgreSQL, p50", Milliseconds(bare.Median!.Value), ""),
            new Row("the same, p99", Milliseconds(bare.P99!.Value), ""),
            new Row($"a page of 50 messages among {messages:N0}, p50", Milliseconds(samples.Median!.Value), ""),
            new Row("the same, p99", Milliseconds(samples.P99!.Value), "10 ms"),
        ];
    }

    private async Task<double> PageAsync(NpgsqlDataSource database, Guid conversation)
    {
        var asked = Stopwatch.GetTimestamp();
        await using var command = database.CreateCommand("SELECT * FROM message WHERE conversation_id = $1 ORDER BY position DESC LIMIT 51");
        command.Parameters.Add(new() { Value = conversation });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
        }

        return Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
    }

    public ValueTask DisposeAsync() => _floor.DisposeAsync();

    private async Task FillAsync(NpgsqlDataSource database, int conversations, int each)
    {
        await using var batch = database.CreateBatch();
        batch.Timeout = 1200;
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            INSERT INTO conversation (id, subject, learner, course, title, notebook_path, created_at, updated_at)
            SELECT gen_random_uuid(), 'account-history', 'learner-history', 'filled', 'title ' || n, 'Task.ipynb', now(), now() FROM generate_series(1, $1) n
            """) { Parameters = { new() { Value = conversations } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            INSERT INTO message (id, conversation_id, question_id, sender, content, status, created_at)
            SELECT md5(c.id::text || n)::uuid, c.id, CASE WHEN n % 2 = 1 THEN md5(c.id::text || (n - 1))::uuid END,
                   CASE WHEN n % 2 = 0 THEN 'user' ELSE 'assistant' END, CASE WHEN n % 2 = 0 THEN 'question ' || n || repeat(' word', 20) ELSE 'answer' || repeat(' word', 60) END, 'done', now()
            FROM conversation c, generate_series(0, $1 - 1) n WHERE c.course = 'filled' ORDER BY c.id, n
            """) { Parameters = { new() { Value = each } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("ANALYZE"));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<Guid>> IdsAsync(NpgsqlDataSource database, int count)
    {
        await using var command = database.CreateCommand("SELECT id FROM conversation WHERE course = 'filled' ORDER BY md5(id::text) LIMIT $1");
        command.Parameters.Add(new() { Value = count });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<Guid> ids = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            ids.Add(rows.GetGuid(0));
        }

        return ids;
    }

    private static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:F1} ms");
}
