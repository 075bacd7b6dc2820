using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Lyceum.ServiceDefaults.Discovery;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Resilience;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.CodeGeneration;

/// <summary>What became of code in a kernel.</summary>
internal sealed record KernelRun(string Outcome, string Output, string? Error, TimeSpan Duration);

/// <summary>
/// Runs code in a kernel of its language, through KernelService and as the user for whom it is: in the user's workspace and
/// within the user's number of kernels. Each run has a kernel of its own, which ends with it.
/// </summary>
internal sealed partial class KernelRuns(
    IHttpClientFactory clients, ServiceEndpoints endpoints, IdentityTokens tokens, IOptions<CodeGenerationOptions> options,
    TimeProvider time, ILogger<KernelRuns> logger)
{
    public const string HttpClientName = "kernelservice";
    private const int FloodFactor = 100;
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(15);

    private CodeGenerationOptions Limits => options.Value;

    /// <summary>The kernelspec for a language; null when KernelService has none, or there is no KernelService.</summary>
    public async Task<string?> FindKernelAsync(CallerIdentity caller, CodeLanguage language, CancellationToken cancellationToken) =>
        (await KernelspecsAsync(caller, cancellationToken)).FirstOrDefault(spec => language.IsOf(spec.Language)).Name;

    /// <summary>The kernelspecs by name, each with its language; none when there is no KernelService.</summary>
    public async Task<IReadOnlyList<(string Name, string Language)>> KernelspecsAsync(CallerIdentity caller, CancellationToken cancellationToken)
    {
        if (!endpoints.Knows(HttpClientName))
        {
            return [];
        }

        using var http = clients.CreateClient(HttpClientName);
        using var request = Request(caller, HttpMethod.Get, "/api/kernelspecs");
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var specs = await response.Content.ReadFromJsonAsync(KernelMessageJson.Default.KernelspecList, cancellationToken);
        return [.. (specs?.Kernelspecs ?? new Dictionary<string, KernelspecEntry>()).OrderBy(spec => spec.Key, StringComparer.Ordinal).Select(spec => (spec.Key, spec.Value.Spec?.Language ?? ""))];
    }

    /// <summary>Runs pieces of code one after another until one fails. Throws <see cref="KernelRefusedException"/> when KernelService starts no kernel.</summary>
    public async Task<KernelRun> RunAsync(CallerIdentity caller, string kernelspec, IReadOnlyList<string> pieces, CancellationToken cancellationToken)
    {
        var kernel = await StartAsync(caller, kernelspec, cancellationToken);
        try
        {
            return await RunInAsync(caller, kernel, pieces, cancellationToken);
        }
        finally
        {
            await EndAsync(caller, kernel);
        }
    }

    private async Task<string> StartAsync(CallerIdentity caller, string kernelspec, CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(HttpClientName);
        using var request = Request(caller, HttpMethod.Post, "/api/kernels");
        request.Content = JsonContent.Create(new KernelStart(kernelspec), KernelMessageJson.Default.KernelStart);
        request.SetAttemptTimeout(Limits.KernelStartTimeout);
        using var response = await http.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Created)
        {
            return (await response.Content.ReadFromJsonAsync(KernelMessageJson.Default.StartedKernel, cancellationToken))!.Id;
        }

        var refusal = response.Content.Headers.ContentType?.MediaType == "application/json"
            ? await response.Content.ReadFromJsonAsync(KernelMessageJson.Default.KernelRefusal, cancellationToken)
            : null;
        throw new KernelRefusedException(refusal?.Message ?? $"KernelService answered with status {(int)response.StatusCode}.");
    }

    private async Task<KernelRun> RunInAsync(CallerIdentity caller, string kernel, IReadOnlyList<string> pieces, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limits.KernelStartTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using KernelConnection connection = new();
        KernelOutput output = new(Limits.MaxOutputCharacters);
        var started = time.GetTimestamp();
        try
        {
            await connection.ConnectAsync(Channels(kernel), IdentityHeader.Name, tokens.Issue(caller), either.Token);
            var outcome = RunOutcome.Passed;
            foreach (var piece in pieces)
            {
                if (outcome == RunOutcome.Passed)
                {
                    var id = await connection.ExecuteAsync(piece, time.GetUtcNow(), either.Token);
                    outcome = await WatchAsync(connection, id, output, begun: () => limit.CancelAfter(Limits.RunTimeout), either.Token);
                }
            }

            return Result(outcome);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Result(RunOutcome.TimedOut);
        }
        catch (Exception failure) when (failure is WebSocketException or JsonException)
        {
            LogBroke(logger, failure);
            return Result(RunOutcome.KernelDied);
        }

        KernelRun Result(string outcome) => new(outcome, output.Text, output.Error, time.GetElapsedTime(started));
    }

    /// <summary>Reads until the kernel has both replied and fallen idle, which come in no fixed order.</summary>
    private async Task<string> WatchAsync(KernelConnection connection, string id, KernelOutput output, Action begun, CancellationToken cancellationToken)
    {
        var (hasBegun, replied, idle) = (false, false, false);
        while (!replied || !idle)
        {
            var message = await connection.ReceiveAsync(cancellationToken);
            if (connection.IsFlooded || connection.Received > (long)Limits.MaxOutputCharacters * FloodFactor)
            {
                return RunOutcome.TooMuchOutput;
            }

            if (message is null)
            {
                return RunOutcome.KernelDied;
            }

            var isStatus = message.Header?.MsgType == "status";
            if (isStatus && message.Content?.ExecutionState is "restarting" or "autorestarting" or "dead")
            {
                return RunOutcome.KernelDied;
            }

            if (message.ParentHeader?.MsgId != id)
            {
                continue;
            }

            if (!hasBegun)
            {
                hasBegun = true;
                begun();
            }

            output.Add(message);
            replied |= message.Header?.MsgType == "execute_reply";
            idle |= isStatus && message.Content?.ExecutionState == "idle";
        }

        return output.Error is null ? RunOutcome.Passed : RunOutcome.Failed;
    }

    private static HttpRequestMessage Request(CallerIdentity caller, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, $"http://kernelservice{path}");
        request.SetCaller(caller);
        return request;
    }

    private Uri Channels(string kernel)
    {
        var service = endpoints.Next(HttpClientName) ?? throw new KernelRefusedException("There is no KernelService.");
        return new UriBuilder(service) { Scheme = service.Scheme == Uri.UriSchemeHttps ? "wss" : "ws", Path = $"/api/kernels/{Uri.EscapeDataString(kernel)}/channels" }.Uri;
    }

    private async Task EndAsync(CallerIdentity caller, string kernel)
    {
        using var http = clients.CreateClient(HttpClientName);
        using var request = Request(caller, HttpMethod.Delete, $"/api/kernels/{Uri.EscapeDataString(kernel)}");
        // Also for a caller that has gone: the kernel would run on.
        using var limit = new CancellationTokenSource(EndTimeout, time);
        try
        {
            using var response = await http.SendAsync(request, limit.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            LogNotEnded(logger, kernel, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection to a kernel broke")]
    private static partial void LogBroke(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kernel {Kernel} could not be ended and may still run")]
    private static partial void LogNotEnded(ILogger logger, string kernel, Exception failure);
}

/// <summary>The values of <see cref="SnippetRun.Outcome"/>.</summary>
internal static class RunOutcome
{
    public const string Passed = "passed";
    public const string Failed = "failed";
    public const string TimedOut = "timed_out";
    public const string TooMuchOutput = "too_much_output";
    public const string KernelDied = "kernel_died";
}

/// <summary>KernelService starts no kernel, and says why.</summary>
internal sealed class KernelRefusedException : Exception
{
    public KernelRefusedException()
    {
    }

    public KernelRefusedException(string message)
        : base(message)
    {
    }

    public KernelRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
