using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lyceum.ServiceDefaults.Discovery;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Tutor;

/// <summary>
/// What TelemetryIngest knows of the student who asks, under the student's own identity. A help, not a need: without it a turn goes on.
/// </summary>
internal sealed partial class StudentTelemetry(
    IHttpClientFactory clients,
    ServiceEndpoints endpoints,
    IOptions<TutorOptions> options,
    TimeProvider time,
    ILogger<StudentTelemetry> logger)
{
    public const string HttpClientName = "telemetryingest";

    /// <summary>The student's last error in the notebook, or anywhere for no notebook; null when there is none of late or it cannot be had in time.</summary>
    public async Task<LastError?> LastErrorAsync(CallerIdentity student, string? notebook, CancellationToken cancellationToken) =>
        await GetAsync(student, "last-error", notebook, TutorJson.Default.LastError, cancellationToken) is { Name.Length: > 0 } found
            && time.GetUtcNow() - found.Time <= options.Value.LastErrorMaxAge
            ? found
            : null;

    /// <summary>What the student did of late in the notebook, or anywhere; null when that cannot be had in time.</summary>
    public Task<RecentActivity?> ActivityAsync(CallerIdentity student, string? notebook, CancellationToken cancellationToken) =>
        GetAsync(student, "activity", notebook, TutorJson.Default.RecentActivity, cancellationToken);

    private async Task<T?> GetAsync<T>(CallerIdentity student, string what, string? notebook, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (!endpoints.Knows("telemetryingest"))
        {
            return null;
        }

        using var late = new CancellationTokenSource(options.Value.LastErrorTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var query = notebook is null ? "" : $"?notebook={Uri.EscapeDataString(notebook)}";
            using var client = clients.CreateClient(HttpClientName);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://telemetryingest/telemetry/learners/me/{what}{query}"));
            // The request that asked may be over: a turn outlives it.
            request.SetCaller(student);
            using var response = await client.SendAsync(request, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                LogNone(logger, what, (int)response.StatusCode);
                return null;
            }

            return await response.Content.ReadFromJsonAsync(type, either.Token);
        }
        catch (Exception failure) when (
            failure is HttpRequestException or JsonException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogAway(logger, what, failure.GetType().Name);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "TelemetryIngest has no {What}: {Status}")]
    private static partial void LogNone(ILogger logger, string what, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A turn goes on without the student's {What}, TelemetryIngest did not say it: {Reason}")]
    private static partial void LogAway(ILogger logger, string what, string reason);
}

/// <summary>The fields that we read of <c>GET /telemetry/learners/me/last-error</c>.</summary>
internal sealed record LastError(
    DateTimeOffset Time,
    string? Notebook,
    string? Cell,
    string? Language,
    string? Code,
    string? Name,
    string? Value,
    IReadOnlyList<string>? Traceback);

/// <summary>The fields that we read of <c>GET /telemetry/learners/me/activity</c>.</summary>
internal sealed record RecentActivity(int Executions, int Failures, IReadOnlyList<RepeatedError>? Errors)
{
    /// <summary>The same in words; null when there is nothing to tell.</summary>
    public string? Describe()
    {
        if (Executions <= 0)
        {
            return null;
        }

        var runs = string.Create(CultureInfo.InvariantCulture, $"In the last hour the student ran {Executions} cells; {Failures} of them failed.");
        var errors = Errors?.Where(error => error.Name is { Length: > 0 }).Select(error => string.Create(CultureInfo.InvariantCulture, $"{NotebookText.Line(error.Name!)} ({error.Count}x)")).ToArray();
        return errors is { Length: > 0 } ? $"{runs} Errors: {string.Join(", ", errors)}." : runs;
    }
}

internal sealed record RepeatedError(string? Name, int Count);
