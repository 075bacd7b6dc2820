using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Lyceum.Messaging;

namespace Lyceum.KernelBench.Targets;

/// <summary>What one request brought: from its sending until both the reply and the idle status were there.</summary>
internal sealed record Outcome(double Milliseconds, int Lines, long OutputBytes);

/// <summary>A connection of one client to one kernel, whatever lies between. One request at a time.</summary>
internal abstract class Link : IAsyncDisposable
{
    private readonly string _session = Guid.NewGuid().ToString("N");

    /// <summary>Runs code.</summary>
    public Task<Outcome> ExecuteAsync(string code, CancellationToken cancellationToken) =>
        RequestAsync("execute_request", $$"""{"code":{{JsonString(code)}},"silent":false,"store_history":false,"user_expressions":{},"allow_stdin":false,"stop_on_error":true}""", cancellationToken);

    /// <summary>Asks who the kernel is; completes with the reply.</summary>
    public Task<Outcome> KernelInfoAsync(CancellationToken cancellationToken) => RequestAsync("kernel_info_request", "{}", cancellationToken);

    public abstract ValueTask DisposeAsync();

    /// <summary>Sends on shell, and hands what comes to the request until it is complete.</summary>
    protected abstract Task ExchangeAsync(JupyterMessage message, PendingRequest request, CancellationToken cancellationToken);

    private async Task<Outcome> RequestAsync(string type, string content, CancellationToken cancellationToken)
    {
        JupyterHeader header = JupyterHeader.Create(type, _session, "bench", TimeProvider.System);
        var message = new JupyterMessage { Header = header.ToUtf8(), Content = Encoding.UTF8.GetBytes(content) };
        var request = new PendingRequest(header.MsgId, needsIdle: type != "kernel_info_request");
        long start = Stopwatch.GetTimestamp();
        await ExchangeAsync(message, request, cancellationToken);
        return new Outcome(Stopwatch.GetElapsedTime(start).TotalMilliseconds, request.Lines, request.OutputBytes);
    }

    private static string JsonString(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
