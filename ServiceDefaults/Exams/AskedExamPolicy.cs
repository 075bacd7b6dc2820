using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lyceum.ServiceDefaults.Discovery;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Lyceum.ServiceDefaults.Exams;

/// <summary>
/// Asks ChatService, which has the policies, and remembers the answer for a while. Without a ChatService nobody can have set a policy.
/// </summary>
internal sealed partial class AskedExamPolicy(
    IHttpClientFactory clients,
    ServiceEndpoints endpoints,
    ServiceIdentity self,
    IOptions<ExamsOptions> options,
    TimeProvider time,
    ILogger<AskedExamPolicy> logger) : IExamPolicy
{
    public const string HttpClientName = "exams";

    private const string Service = "chatservice";
    private const int MaxKnown = 10_000;

    private readonly ConcurrentDictionary<(string Course, string? Notebook), Known> _known = new();
    private readonly ConcurrentDictionary<(string Course, string? Notebook), Lazy<Task<bool?>>> _asked = new();

    public async ValueTask<bool?> IsOnAsync(string course, string? notebook, CancellationToken cancellationToken)
    {
        if (!endpoints.Knows(Service))
        {
            return false;
        }

        var key = (course, notebook);
        if (IsFresh(key, out var known))
        {
            return Remembered(known);
        }

        // A class that asks at once makes one question of it, which no one of them takes along when leaving.
        var answer = await _asked.GetOrAdd(key, asked => new(() => AskAsync(asked.Course, asked.Notebook))).Value.WaitAsync(cancellationToken);
        return answer ?? Remembered(known);
    }

    private bool IsFresh((string Course, string? Notebook) key, [NotNullWhen(true)] out Known? known) =>
        _known.TryGetValue(key, out known) && time.GetElapsedTime(known.AskedAt) < options.Value.AskEvery;

    private bool? Remembered(Known? known) => known is not null && time.GetElapsedTime(known.ToldAt) < options.Value.RememberFor ? known.IsOn : null;

    /// <summary>Makes room where there is none. What is known of courses as wholes stays: there are only so many.</summary>
    private void Keep((string Course, string? Notebook) key, Known known)
    {
        if (_known.Count >= MaxKnown && !_known.ContainsKey(key))
        {
            foreach (var oldest in _known.Where(entry => entry.Key.Notebook is not null).OrderBy(entry => entry.Value.AskedAt).Take(MaxKnown / 10).ToArray())
            {
                _known.TryRemove(oldest);
            }
        }

        _known[key] = known;
    }

    private async Task<bool?> AskAsync(string course, string? notebook)
    {
        try
        {
            if (IsFresh((course, notebook), out var meanwhile))
            {
                // Asked and answered after this caller had looked.
                return Remembered(meanwhile);
            }

            using var limit = new CancellationTokenSource(options.Value.Timeout, time);
            using var client = clients.CreateClient(HttpClientName);
            var query = $"course={Uri.EscapeDataString(course)}{(notebook is null ? "" : $"&notebook_path={Uri.EscapeDataString(notebook)}")}";
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{Service}/tutor/lockdown?{query}"));
            request.SetCaller(self.Caller);
            using var response = await client.SendAsync(request, limit.Token);
            response.EnsureSuccessStatusCode();
            var isOn = (await response.Content.ReadFromJsonAsync(ExamJson.Default.Lockdown, limit.Token))!.Locked;
            var now = time.GetTimestamp();
            Keep((course, notebook), new Known(isOn, now, now));
            return isOn;
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or OperationCanceledException)
        {
            LogUnknown(logger, course, failure.GetType().Name);
            // Not everybody who comes meanwhile is to wait for the same.
            var before = _known.GetValueOrDefault((course, notebook));
            Keep((course, notebook), new Known(before?.IsOn, before?.ToldAt ?? 0, time.GetTimestamp()));
            return null;
        }
        finally
        {
            _asked.TryRemove((course, notebook), out _);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "ChatService does not say whether {Course} is in an exam: {Reason}")]
    private static partial void LogUnknown(ILogger logger, string course, string reason);

    /// <param name="IsOn">The last answer; null before the first.</param>
    /// <param name="ToldAt">When that came.</param>
    /// <param name="AskedAt">When it was asked last, answered or not.</param>
    private sealed record Known(bool? IsOn, long ToldAt, long AskedAt);
}

/// <summary>The answer of ChatService's <c>GET /tutor/lockdown</c>.</summary>
internal sealed record Lockdown(bool Locked);

[JsonSerializable(typeof(Lockdown))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ExamJson : JsonSerializerContext;
