using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Lyceum.ServiceDefaults.Resilience;

/// <summary>One pipeline a host: its circuit breaker must outlive the handlers that the client factory rotates.</summary>
internal sealed class ResiliencePipelines(TimeProvider time)
{
    public static readonly ResiliencePropertyKey<HttpRequestMessage> RequestKey = new("request");

    private readonly ConcurrentDictionary<string, ResiliencePipeline<HttpResponseMessage>> _pipelines = new();

    public ResiliencePipeline<HttpResponseMessage> For(string host) => _pipelines.GetOrAdd(host, _ => Build(time));

    private static ResiliencePipeline<HttpResponseMessage> Build(TimeProvider time) =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = 3,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(2),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = args => ValueTask.FromResult(MayRepeat(args.Context.Properties.GetValue(RequestKey, null!), args.Outcome)),
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                FailureRatio = 0.9,
                MinimumThroughput = 20,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = TimeSpan.FromSeconds(2),
                ShouldHandle = args => ValueTask.FromResult(NeverArrived(args.Outcome.Exception)),
            })
            .Build();

    private static bool MayRepeat(HttpRequestMessage request, Outcome<HttpResponseMessage> outcome)
    {
        if (request.Content is StreamContent)
        {
            return false;
        }

        var idempotent = request.Method != HttpMethod.Post && request.Method != HttpMethod.Patch;
        return NeverArrived(outcome.Exception)
            || (idempotent && outcome.Exception is HttpRequestException { StatusCode: null })
            || (idempotent && outcome.Result?.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout);
    }

    private static bool NeverArrived(Exception? exception) =>
        exception is HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.HostNotFound } };
}

