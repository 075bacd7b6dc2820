using System.Net;
using Polly;
using Polly.CircuitBreaker;

namespace Lyceum.ServiceDefaults.Resilience;

/// <summary>
/// Retries what is safe to repeat, gives up on a host that keeps failing, and bounds the wait for a response's headers.
/// A request is repeated when it never reached the host, or when its method is idempotent (RFC 9110, 9.2.2) and the answer says "try again".
/// </summary>
internal sealed class ResilienceHandler(ResiliencePipelines pipelines, TimeProvider time) : DelegatingHandler
{
    private static readonly TimeSpan DefaultAttemptTimeout = TimeSpan.FromSeconds(30);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var pipeline = pipelines.For(request.RequestUri?.Authority ?? "");
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(ResiliencePipelines.RequestKey, request);
        try
        {
            return await pipeline.ExecuteAsync(static (ctx, self) => self.AttemptAsync(ctx), context, this);
        }
        catch (BrokenCircuitException failure)
        {
            throw new HttpRequestException($"{request.RequestUri?.Host} has failed repeatedly and is left alone for a moment.", failure, HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<HttpResponseMessage> AttemptAsync(ResilienceContext context)
    {
        var request = context.Properties.GetValue(ResiliencePipelines.RequestKey, null!);
        var limit = request.Options.TryGetValue(AttemptTimeout.Key, out var asked) ? asked : DefaultAttemptTimeout;
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, timeout.Token);
        try
        {
            return await base.SendAsync(request, either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{request.RequestUri?.Host} did not answer within {limit.TotalSeconds:0} s.", null, HttpStatusCode.GatewayTimeout);
        }
    }
}
