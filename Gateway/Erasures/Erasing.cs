using System.Text.Json;
using Lyceum.ServiceDefaults.Discovery;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Resilience;
using Lyceum.ServiceDefaults.Storage;
using Npgsql;

namespace Lyceum.Gateway.Erasures;

/// <summary>
/// Has every service that stores something of learners forget those who are to be forgotten; again and again until each has said that
/// it did, over restarts, too. To ask twice does no harm, so replicas need not agree on who asks.
/// </summary>
internal sealed partial class Erasing(
    ErasureStore erasures,
    DatabaseSchema schema,
    IHttpClientFactory clients,
    ServiceEndpoints endpoints,
    ServiceIdentity service,
    ILogger<Erasing> logger) : BackgroundService
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    /// <summary>A service may have to look through all that it has.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private static readonly (string Service, string Path)[] Services = [("telemetryingest", "/telemetry/erasures"), ("chatservice", "/tutor/erasures")];

    private readonly SemaphoreSlim _now = new(0, 1);

    /// <summary>Does not wait for the next look.</summary>
    public void Hurry()
    {
        if (_now.CurrentCount == 0)
        {
            try
            {
                _now.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else has hurried it.
            }
        }
    }

    public override void Dispose()
    {
        _now.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.Ready.WaitAsync(stoppingToken);
        while (true)
        {
            try
            {
                foreach (var (erasure, who) in await erasures.UnfinishedAsync(stoppingToken))
                {
                    await EraseAsync(erasure, who, stoppingToken);
                }
            }
            catch (NpgsqlException failure)
            {
                LogPutOff(logger, failure.Message);
            }

            await _now.WaitAsync(Wait, stoppingToken);
        }
    }

    private async Task EraseAsync(Erasure erasure, ErasedPerson? who, CancellationToken cancellationToken)
    {
        if (who is null)
        {
            LogSealed(logger, erasure.Id);
            return;
        }

        var isDone = true;
        foreach (var (name, path) in Services.Where(one => !erasure.Removed.ContainsKey(one.Service) && endpoints.Knows(one.Service)))
        {
            if (await AskAsync(name, path, new ErasureRequest(who.Subject, who.Learner, erasure.RequestedAt), cancellationToken) is { } removed)
            {
                await erasures.NoteAsync(erasure.Id, name, removed, cancellationToken);
            }
            else
            {
                isDone = false;
            }
        }

        if (isDone)
        {
            await erasures.CloseAsync(erasure.Id, cancellationToken);
            LogDone(logger, erasure.Id);
        }
    }

    private async Task<IReadOnlyDictionary<string, long>?> AskAsync(string name, string path, ErasureRequest asked, CancellationToken cancellationToken)
    {
        try
        {
            using var client = clients.CreateClient();
            client.Timeout = Patience;
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://{name}{path}")) { Content = JsonContent.Create(asked, ErasureJson.Default.ErasureRequest) };
            request.SetCaller(service.Caller);
            request.SetAttemptTimeout(Patience);
            using var response = await client.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            return (await response.Content.ReadFromJsonAsync(ErasureJson.Default.ErasureResult, cancellationToken))?.Removed;
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogAway(logger, name, failure.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Erasure {Id} is done")]
    private static partial void LogDone(ILogger logger, Guid id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Service} has not forgotten somebody yet and is asked again: {Reason}")]
    private static partial void LogAway(ILogger logger, string service, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Erasure {Id} cannot be done: whom it is about was sealed under another Identity:Key. Ask for it again.")]
    private static partial void LogSealed(ILogger logger, Guid id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Erasures wait, PostgreSQL does not answer: {Reason}")]
    private static partial void LogPutOff(ILogger logger, string reason);
}
