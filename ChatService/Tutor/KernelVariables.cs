using System.Text.Json;
using System.Text.Json.Serialization;
using Lyceum.ChatService.CodeGeneration;
using Lyceum.ChatService.Turns;
using Lyceum.ServiceDefaults.Discovery;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Tutor;

/// <summary>The variables in the student's kernel, from KernelService, under the student's own identity. A help, not a need: without them a turn goes on.</summary>
internal sealed partial class KernelVariables(
    IHttpClientFactory clients, ServiceEndpoints endpoints, IOptions<TutorOptions> options, TimeProvider time, ILogger<KernelVariables> logger)
{
    private const int MaxAnswerBytes = 1024 * 1024;

    /// <summary>The variables; none where the kernel is not there, not the student's, busy, or does not tell them in time.</summary>
    public async Task<IReadOnlyList<ScopeVariable>> ReadAsync(CallerIdentity student, string kernel, CancellationToken cancellationToken)
    {
        if (!endpoints.Knows(KernelRuns.HttpClientName))
        {
            return [];
        }

        using var late = new CancellationTokenSource(options.Value.KernelTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var http = clients.CreateClient(KernelRuns.HttpClientName);
            http.MaxResponseContentBufferSize = MaxAnswerBytes;
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://kernelservice/api/kernels/{Uri.EscapeDataString(kernel)}/variables");
            request.SetCaller(student);
            using var response = await http.SendAsync(request, either.Token);
            return response.IsSuccessStatusCode
                ? (await response.Content.ReadFromJsonAsync(KernelVariablesJson.Default.VariablesInScope, either.Token))?.Variables ?? []
                : [];
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogWithout(logger, failure);
        }

        return [];
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A turn goes on without the kernel's variables")]
    private static partial void LogWithout(ILogger logger, Exception reason);
}

/// <summary>The answer of <c>GET /api/kernels/{id}/variables</c>.</summary>
internal sealed record VariablesInScope(IReadOnlyList<ScopeVariable>? Variables);

[JsonSerializable(typeof(VariablesInScope))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class KernelVariablesJson : JsonSerializerContext;
