using System.Net.WebSockets;
using System.Text.Json;
using Lyceum.ChatService.CodeGeneration;
using Lyceum.ChatService.Turns;
using Lyceum.ServiceDefaults.Discovery;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Tutor;

/// <summary>
/// The variables in the student's kernel, from the assistant that KernelService has beside it (docs/assistant.md), under the student's
/// own identity. A help, not a need: without them a turn goes on.
/// </summary>
internal sealed partial class KernelVariables(
    ServiceEndpoints endpoints, IdentityTokens identities, IOptions<TutorOptions> options, TimeProvider time, ILogger<KernelVariables> logger)
{
    private const string Service = "kernelservice";

    /// <summary>The variables; none where the kernel is not there, not the student's, busy, or does not tell them in time.</summary>
    public async Task<IReadOnlyList<ScopeVariable>> ReadAsync(CallerIdentity student, string kernel, CancellationToken cancellationToken)
    {
        if (endpoints.Next(Service) is not { } service)
        {
            return [];
        }

        using var late = new CancellationTokenSource(options.Value.KernelTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using KernelConnection connection = new();
        try
        {
            var channels = new UriBuilder(service) { Scheme = service.Scheme == Uri.UriSchemeHttps ? "wss" : "ws", Path = $"/api/kernels/{Uri.EscapeDataString(kernel)}/channels" }.Uri;
            await connection.ConnectAsync(channels, IdentityHeader.Name, identities.Issue(student), either.Token);
            var asked = await connection.AskAsync("get_subkernel_state_request", time.GetUtcNow(), either.Token);
            while (await connection.ReceiveAsync(either.Token) is { } message)
            {
                if (message.ParentHeader?.MsgId == asked && message.Content?.Variables is { } variables)
                {
                    return variables;
                }
            }
        }
        catch (Exception failure) when (failure is WebSocketException or JsonException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogWithout(logger, failure);
        }

        return [];
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A turn goes on without the kernel's variables")]
    private static partial void LogWithout(ILogger logger, Exception reason);
}
