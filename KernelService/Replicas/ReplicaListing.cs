using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Replicas;
using Lyceum.ServiceDefaults.Storage;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Replicas;

/// <summary>Puts the lists of all replicas together.</summary>
internal sealed partial class ReplicaListing(
    Replicas replicas, IHttpClientFactory clients, IOptions<ReplicasOptions> options, TimeProvider time, ILogger<ReplicaListing> logger)
{
    public const string HttpClientName = "replicas";

    /// <summary>What this replica lists, and what the others do for the same caller. One that does not answer in time is left out.</summary>
    public async Task<IReadOnlyList<T>> UnionAsync<T>(HttpRequest request, IReadOnlyList<T> own, JsonTypeInfo<IReadOnlyList<T>> type, CancellationToken cancellationToken)
    {
        if (replicas.Directory is not { } directory || ReplicaForwarder.HasHopped(request))
        {
            return own;
        }

        try
        {
            var others = (await directory.ReplicasAsync()).Where(replica => replica.Id != replicas.Self);
            var lists = await Task.WhenAll(others.Select(other => ListAsync(other, request, type, cancellationToken)));
            return [.. own, .. lists.SelectMany(list => list)];
        }
        catch (Exception failure) when (RedisFailure.IsAway(failure))
        {
            LogAway(logger, failure.Message);
            return own;
        }
    }

    private async Task<IReadOnlyList<T>> ListAsync<T>(ReplicaOwner other, HttpRequest request, JsonTypeInfo<IReadOnlyList<T>> type, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.ListTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var client = clients.CreateClient(HttpClientName);
            using var asked = new HttpRequestMessage(HttpMethod.Get, new Uri(other.Address!, request.Path.Value));
            asked.Headers.Add(ReplicaForwarder.Header, "1");
            asked.Headers.Add(IdentityHeader.Name, request.Headers[IdentityHeader.Name].ToString());
            using var response = await client.SendAsync(asked, either.Token);
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadFromJsonAsync(type, either.Token) ?? [];
        }
        catch (Exception failure) when (
            failure is HttpRequestException or JsonException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogLeftOut(logger, other.Address!, failure.GetType().Name);
            return [];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis does not answer, so that only this replica's kernels are listed: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The replica at {Address} does not list its kernels: {Reason}")]
    private static partial void LogLeftOut(ILogger logger, Uri address, string reason);
}
