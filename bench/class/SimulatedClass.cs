using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Lyceum.ClassSimulation;

/// <summary>What a simulated class came to.</summary>
/// <param name="Events">Events that were taken.</param>
/// <param name="Requests">Requests that were answered 200.</param>
/// <param name="Refused">Requests that were answered otherwise, or not at all.</param>
/// <param name="P50">The median time of a request, ms.</param>
/// <param name="P99">The 99th percentile, ms.</param>
public sealed record SimulationOutcome(long Events, long Requests, long Refused, double P50, double P99);

/// <summary>A class of simulated students with accounts of their own, on a suite that runs on this machine.</summary>
public sealed class SimulatedClass : IDisposable
{
    /// <summary>The largest class.</summary>
    public const int MaxStudents = 2000;

    private const int AtOnce = 16;
    private static readonly Uri Events = new("/telemetry/events", UriKind.Relative);
    private static readonly Uri Accounts = new("/accounts", UriKind.Relative);

    private readonly HttpClient _client;
    private readonly string _owner;
    private readonly string[] _tokens;
    private readonly int _seed;

    /// <summary>Prepares a class.</summary>
    /// <param name="gateway">The suite's address; of this machine, since nobody else asked for the load.</param>
    /// <param name="ownerToken">The token of its owner.</param>
    /// <param name="students">How many, 1 to <see cref="MaxStudents"/>.</param>
    /// <param name="seed">The same seed gives the same class.</param>
    /// <exception cref="ArgumentException">The address is another machine's.</exception>
    public SimulatedClass(Uri gateway, string ownerToken, int students, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        ArgumentOutOfRangeException.ThrowIfLessThan(students, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(students, MaxStudents);
        if (!gateway.IsLoopback)
        {
            throw new ArgumentException($"A class is simulated on this machine only, not on {gateway.Host}.", nameof(gateway));
        }

        _client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(60) };
        (_owner, _tokens, _seed) = (ownerToken, new string[students], seed);
    }

    /// <summary>Makes the students' accounts.</summary>
    public Task EnrolAsync(CancellationToken cancellationToken = default) => Parallel.ForAsync(
        0, _tokens.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (number, cancelled) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Accounts) { Content = JsonContent.Create(new { name = NameOf(number) }) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _owner);
            using var response = await _client.SendAsync(request, cancelled);
            response.EnsureSuccessStatusCode();
            _tokens[number] = (await response.Content.ReadFromJsonAsync<JsonElement>(cancelled)).GetProperty("token").GetString()!;
        });

    /// <summary>Has the students work.</summary>
    /// <param name="length">How long.</param>
    /// <param name="haste">How many times faster than students they are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<SimulationOutcome> RunAsync(TimeSpan length, double haste, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(time);
        var outcomes = new ConcurrentQueue<(int Events, double Milliseconds)>();
        var refused = 0L;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(length);
        await Task.WhenAll(Enumerable.Range(0, _tokens.Length).Select(number => WorkAsync(number, end.Token)));
        double[] sorted = [.. outcomes.Select(one => one.Milliseconds).Order()];
        return new SimulationOutcome(outcomes.Sum(one => (long)one.Events), outcomes.Count, refused, At(sorted, 0.5), At(sorted, 0.99));

        async Task WorkAsync(int number, CancellationToken cancelled)
        {
            var student = new SimulatedStudent(number, _seed);
            try
            {
                // They do not come in at the same moment.
                await Task.Delay(TimeSpan.FromSeconds(student.Pause() / haste), time, cancelled);
                for (IReadOnlyList<object> events = [student.Open(time.GetUtcNow())]; ; events = student.Next(time.GetUtcNow()))
                {
                    var start = Stopwatch.GetTimestamp();
                    if (await SendAsync(number, events, cancelled))
                    {
                        outcomes.Enqueue((events.Count, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
                    }
                    else
                    {
                        Interlocked.Increment(ref refused);
                    }

                    await Task.Delay(TimeSpan.FromSeconds(student.Pause() / haste), time, cancelled);
                }
            }
            catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
            {
                // The lesson is over.
            }
        }
    }

    /// <summary>The name of a student's account.</summary>
    /// <param name="number">From 0.</param>
    public static string NameOf(int number) => $"Student {number + 1:D3}";

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private async Task<bool> SendAsync(int number, IReadOnlyList<object> events, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Events) { Content = new ByteArrayContent(SimulatedStudent.Body(events)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _tokens[number]);
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static double At(double[] sorted, double part) => sorted.Length == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)];
}
