using System.Globalization;
using System.Text.Json;
using StackExchange.Redis;

namespace Lyceum.ModelHost.Usage;

/// <summary>
/// Tells the other replicas through Redis what this one has counted, and reads what they have. A replica writes only what it knows, as
/// totals: said twice it is the same, and a Redis that comes back empty is told everything again. What a replica that is gone has
/// counted stays until the day is over.
/// </summary>
internal sealed class SharedUsage(UsageLedger ledger, RedisCalls redis, TimeProvider time) : BackgroundService
{
    private const int EntriesAtOnce = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A clock that is late still finds the day.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    // KEYS: the day's parts, and one of them. ARGV: its name, since when it counts, milliseconds to live, then entries.
    private const string Write = """
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        if #ARGV > 3 then redis.call('HSET', KEYS[2], unpack(ARGV, 4)) end
        for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[3]) end
        return 1
        """;

    // Also the name of a part without entries: it says that Redis has been told all. The others have a course after it.
    private readonly string _replica = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    /// <summary>What the other replicas have counted; null when Redis is away.</summary>
    /// <param name="course">Of this course; null for all.</param>
    public async ValueTask<(DateTimeOffset Since, IReadOnlyList<KeyValuePair<UsageKey, UsageCount>> Entries)?> ReadOthersAsync(string? course)
    {
        var today = time.GetUtcNow();
        if (await redis.AskAsync(database => database.HashGetAllAsync(Parts(today))) is not { } parts)
        {
            return null;
        }

        var since = parts.Select(part => DateTimeOffset.FromUnixTimeMilliseconds((long)part.Value)).DefaultIfEmpty(today).Min();
        string[] others = [.. parts.Select(part => (string)part.Name!).Where(name => name.Contains('/', StringComparison.Ordinal) && !name.StartsWith(_replica, StringComparison.Ordinal) && (course is null || CourseOf(name) == course))];
        return await redis.AskAsync(database => Task.WhenAll(others.Select(name => database.HashGetAllAsync(Part(today, name))))) is { } counted
            ? (since, [.. others.Zip(counted).SelectMany(part => part.Second.Select(entry => Read(CourseOf(part.First), entry)))])
            : null;
    }

    /// <summary>Tells what is left to tell, so that nothing is lost when replicas take turns.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TellAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await TellAsync();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TellAsync()
    {
        var today = time.GetUtcNow();
        if (await redis.AskAsync(database => database.HashGetAsync(Parts(today), [_replica])) is not [var known])
        {
            return;
        }

        if (known.IsNull)
        {
            ledger.AllChanged();
        }

        while (true)
        {
            var (since, entries) = ledger.TakeChanged(EntriesAtOnce);
            if (entries.Count == 0)
            {
                _ = known.IsNull ? await WriteAsync(since, _replica, []) : true;
                return;
            }

            if (!await WriteAsync(since, $"{_replica}/{entries[0].Key.Course}", entries))
            {
                ledger.AllChanged();
                return;
            }
        }
    }

    private async Task<bool> WriteAsync(DateTimeOffset since, string name, IReadOnlyList<KeyValuePair<UsageKey, UsageCount>> entries)
    {
        var left = since.UtcDateTime.Date.AddDays(1) - time.GetUtcNow().UtcDateTime + Grace;
        RedisValue[] values = [name, since.ToUnixTimeMilliseconds(), (long)left.TotalMilliseconds, .. entries.SelectMany(Written)];
        return await redis.AskAsync(database => database.ScriptEvaluateAsync(Write, [Parts(since), Part(since, name)], values)) is not null;
    }

    private static RedisValue[] Written(KeyValuePair<UsageKey, UsageCount> entry) =>
    [
        JsonSerializer.Serialize([entry.Key.User, entry.Key.Model, entry.Key.Node], UsageJson.Default.StringArray),
        string.Create(CultureInfo.InvariantCulture, $"{entry.Value.Requests} {entry.Value.Input} {entry.Value.Output}"),
    ];

    private static KeyValuePair<UsageKey, UsageCount> Read(string course, HashEntry entry)
    {
        var key = JsonSerializer.Deserialize((string)entry.Name!, UsageJson.Default.StringArray)!;
        long[] counts = [.. ((string)entry.Value!).Split(' ').Select(count => long.Parse(count, CultureInfo.InvariantCulture))];
        return KeyValuePair.Create(new UsageKey(course, key[0], key[1], key[2]), new UsageCount(counts[0], counts[1], counts[2]));
    }

    private static string CourseOf(string name) => name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];

    // The braces keep a day in one slot of a cluster.
    private static RedisKey Parts(DateTimeOffset day) => string.Create(CultureInfo.InvariantCulture, $"{{lyceum:usage}}:{day.UtcDateTime:yyyyMMdd}");

    private static RedisKey Part(DateTimeOffset day, string name) => $"{Parts(day)}:{name}";
}
