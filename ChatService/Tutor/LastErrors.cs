using System.Net;
using System.Text.Json;
using Lyceum.ServiceDefaults.Discovery;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Tutor;

/// <summary>
/// The last error of the student who asks, from TelemetryIngest, which knows the student by the identity that the call carries.
/// A help, not a need: without it a turn goes on.
/// </summary>
internal sealed partial class LastErrors(
    IHttpClientFactory clients,
    ServiceEndpoints endpoints,
    IdentityTokens identities,
    IOptions<TutorOptions> options,
    TimeProvider time,
    ILogger<LastErrors> logger)
{
    public const string HttpClientName = "telemetryingest";

    /// <summary>The student's last error in the notebook, or anywhere for no notebook; null when there is none of late or it cannot be had in time.</summary>
    public async Task<LastError?> FindAsync(CallerIdentity caller, string? notebook, CancellationToken cancellationToken)
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
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://telemetryingest/telemetry/learners/me/last-error{query}"));
            // The request that asked may be over: a turn outlives it.
            request.Headers.Add(IdentityHeader.Name, identities.Issue(caller));
            using var response = await client.SendAsync(request, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                LogNone(logger, (int)response.StatusCode);
                return null;
            }

            var found = await response.Content.ReadFromJsonAsync(TutorJson.Default.LastError, either.Token);
            return found?.Name is { Length: > 0 } && time.GetUtcNow() - found.Time <= options.Value.LastErrorMaxAge ? found : null;
        }
        catch (Exception failure) when (
            failure is HttpRequestException or JsonException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogAway(logger, failure.GetType().Name);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "TelemetryIngest has no last error: {Status}")]
    private static partial void LogNone(ILogger logger, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A turn goes on without the student's last error, TelemetryIngest did not say it: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
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
