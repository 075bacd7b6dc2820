using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Actions;

/// <summary>An API's answer, or why there is none.</summary>
internal sealed record CallOutcome(int? Status, string? Answer, string? Failure);

/// <summary>
/// Calls APIs outside. Only hosts that an operator allowed; no redirects, proxies, cookies or retries; and the address that was
/// checked is the one that is connected to, so a name that resolves differently the second time gains nothing.
/// </summary>
internal sealed partial class OutboundCalls : IDisposable
{
    private readonly ActionsOptions _options;
    private readonly ILogger<OutboundCalls> _logger;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;

    public OutboundCalls(IOptions<ActionsOptions> options, OutboundAddresses addresses, TimeProvider time, ILogger<OutboundCalls> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
#pragma warning disable CA2000 // The invoker disposes its handler.
        _http = new HttpMessageInvoker(addresses.CreateHandler(address => HostOf(address) is { AllowPrivate: true }));
#pragma warning restore CA2000
    }

    /// <summary>The operator's entry for an address, or null when it may not be called.</summary>
    public AllowedHost? HostOf(Uri address) => _options.Hosts.FirstOrDefault(host => host.Is(address));

    public Task<CallOutcome> SendAsync(string method, Uri address, string? body, CancellationToken cancellationToken) => SendAsync(method, address, body, [], cancellationToken);

    /// <param name="method">The HTTP method.</param>
    /// <param name="address">Where to.</param>
    /// <param name="body">JSON; null for none.</param>
    /// <param name="headers">Beside or, of the same name, in place of those that every call has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CallOutcome> SendAsync(string method, Uri address, string? body, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        if (HostOf(address) is not { } host)
        {
            return new CallOutcome(null, null, "Its host is not allowed any more.");
        }

        using var limit = new CancellationTokenSource(_options.CallTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Lyceum", null));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (host.Authorization is { Length: > 0 } authorization)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers.Where(header => !header.Key.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)))
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            return new CallOutcome((int)response.StatusCode, await ReadAsync(response.Content, either.Token), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CallOutcome(null, null, $"It did not answer within {_options.CallTimeout.TotalSeconds:0} s.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            LogFailed(_logger, address.Host, failure);
            return new CallOutcome(null, null, failure.InnerException is PrivateAddressException
                ? "Its host has no address in the public internet."
                : "It could not be reached, or broke off.");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, _options.MaxAnswerBytes));
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            var length = await stream.ReadAtLeastAsync(buffer.AsMemory(0, _options.MaxAnswerBytes), _options.MaxAnswerBytes, throwOnEndOfStream: false, cancellationToken);
            // PostgreSQL's text holds no NUL.
            return Encoding.UTF8.GetString(buffer, 0, length).Replace('\0', '\uFFFD');
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A call to {Host} failed")]
    private static partial void LogFailed(ILogger logger, string host, Exception failure);
}
