using Lyceum.ModelHost.Nodes;
using Lyceum.ModelHost.Scheduling;
using Microsoft.Extensions.Time.Testing;

namespace Lyceum.ModelHost.Tests.Scheduling;

/// <summary>A piece of work that was done for a course, for a time.</summary>
internal readonly record struct Served(string Course, double From, double To, int Tokens);

/// <summary>How long a request waited for its turn.</summary>
internal readonly record struct Waited(string Course, bool IsBatch, double At, double Seconds);

/// <summary>
/// 200 users of five courses on two nodes with four places each, on simulated time: everybody asks again some seconds after the answer.
/// Course <c>greedy</c> does not think between questions and asks for long answers; an eighth of all requests are batch.
/// </summary>
internal sealed class SimulatedClass : IDisposable
{
    public static readonly string[] Courses = ["greedy", "c1", "c2", "c3", "c4"];
#pragma warning disable CA5394 // The same class each time; nothing is secret about it.
    private const int UsersOfCourse = 40;
    private const double TokensPerSecond = 40;
    private const double PromptTokensPerSecond = 1000;
    private readonly FakeTimeProvider _time = new();
    private readonly Random _random = new(4);
    private readonly ModelScheduler _scheduler;
    private readonly PriorityQueue<Action, (double At, long Number)> _events = new();
    private readonly List<(QueueEntry Entry, User User, double Since)> _waiting = [];
    private double _now;
    private long _number;

    public SimulatedClass()
    {
        ModelNode[] nodes = [.. Enumerable.Range(0, 2).Select(i => new ModelNode(new Uri($"http://node{i}/"), new NodeSettings(), _time))];
        foreach (var node in nodes)
        {
            node.Answered([new NodeModel("tutor:latest", default)], "0");
        }

        _scheduler = new ModelScheduler(nodes, new SchedulingOptions { MaxWait = TimeSpan.FromHours(1) }, _time);
        foreach (var course in Courses)
        {
            for (var i = 0; i < UsersOfCourse; i++)
            {
                var user = new User(course, $"{course}-{i}", i % 8 == 0);
                At(_random.NextDouble() * 5, () => Ask(user));
            }
        }
    }

    public List<Served> Work { get; } = [];

    public List<Waited> Waits { get; } = [];

    public void Run(TimeSpan length)
    {
        while (_events.TryDequeue(out var happen, out var when) && when.At < length.TotalSeconds)
        {
            _time.Advance(TimeSpan.FromSeconds(when.At) - TimeSpan.FromSeconds(_now));
            _now = when.At;
            happen();
            Collect();
        }
    }

    /// <summary>Each course's part of the tokens of a span of time.</summary>
    public IReadOnlyDictionary<string, double> Shares(double from, double to)
    {
        var tokens = Courses.ToDictionary(course => course, course => Work.Where(work => work.Course == course)
            .Sum(work => work.Tokens * Math.Max(0, Math.Min(to, work.To) - Math.Max(from, work.From)) / (work.To - work.From)));
        return tokens.ToDictionary(pair => pair.Key, pair => pair.Value / tokens.Values.Sum());
    }

    public void Dispose() => _scheduler.Dispose();

    private void Ask(User user)
    {
        var (prompt, estimated) = (200 + _random.Next(400), 256);
        _waiting.Add((_scheduler.Enter(new RunRequest("tutor", user.Course, user.Name, user.IsBatch, "", null, prompt + estimated), []), user with { Prompt = prompt }, _now));
    }

    /// <summary>Starts those whose turn has come.</summary>
    private void Collect()
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            var (entry, user, since) = _waiting[i];
            if (entry.Given is { } slot)
            {
                _waiting.RemoveAt(i);
                Waits.Add(new Waited(user.Course, user.IsBatch, _now, _now - since));
                Answer(entry, slot, user);
                // The first token may have let others in.
                i = -1;
            }
        }
    }

    private void Answer(QueueEntry entry, NodeSlot slot, User user)
    {
        var isGreedy = user.Course == Courses[0];
        var answer = (isGreedy ? 300 : 60) + _random.Next(200);
        var end = _now + (user.Prompt / PromptTokensPerSecond) + (answer / TokensPerSecond);
        slot.Began();
        Work.Add(new Served(user.Course, _now, end, user.Prompt + answer));
        At(end, () =>
        {
            slot.Tokens = user.Prompt + answer;
            entry.Dispose();
            At(_now + (isGreedy ? 0 : 2 + (_random.NextDouble() * 6)), () => Ask(user));
        });
    }

    private void At(double when, Action happen) => _events.Enqueue(happen, (when, _number++));

#pragma warning restore CA5394

    private sealed record User(string Course, string Name, bool IsBatch)
    {
        public int Prompt { get; init; }
    }
}
