using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lyceum.ChatService.CodeGeneration;
using Lyceum.ChatService.Tools;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ChatService.KernelTools;

/// <summary>Asks KernelService about the user's own kernels, in the user's name.</summary>
internal sealed class NotebookKernels(IHttpClientFactory clients)
{
    private const int MaxAnswerBytes = 1024 * 1024;

    /// <summary>The kernel that works for a notebook; null when there is none.</summary>
    public async Task<string?> FindAsync(CallerIdentity caller, string notebook, CancellationToken cancellationToken)
    {
        var sessions = await SendAsync(caller, HttpMethod.Get, "/api/sessions", null, cancellationToken);
        return sessions.Deserialize(NotebookKernelJson.Default.IReadOnlyListNotebookSession)?.FirstOrDefault(session => session.Path == notebook)?.Kernel?.Id;
    }

    /// <summary>What KernelService answers.</summary>
    /// <exception cref="ToolFailedException">It refused, or cannot be asked.</exception>
    public async Task<JsonElement> SendAsync(CallerIdentity caller, HttpMethod method, string path, JsonElement? body, CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(KernelRuns.HttpClientName);
        http.MaxResponseContentBufferSize = MaxAnswerBytes;
        using var request = new HttpRequestMessage(method, $"http://kernelservice{path}");
        request.SetCaller(caller);
        if (body is { } json)
        {
            request.Content = JsonContent.Create(json, NotebookKernelJson.Default.JsonElement);
        }

        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var answer = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? JsonElement.Parse(response.StatusCode == HttpStatusCode.NoContent || answer.Length == 0 ? "{}" : answer)
                : throw new ToolFailedException(Reason(answer) ?? $"KernelService answered with status {(int)response.StatusCode}.");
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException)
        {
            throw new ToolFailedException("KernelService is away.", failure);
        }
    }

    private static string? Reason(string answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer, NotebookKernelJson.Default.NotebookRefusal)?.Message;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What is read of <c>GET /api/sessions</c>.</summary>
internal sealed record NotebookSession(string? Path, NotebookKernel? Kernel);

internal sealed record NotebookKernel(string? Id);

internal sealed record NotebookRefusal(string? Message);

[JsonSerializable(typeof(IReadOnlyList<NotebookSession>))]
[JsonSerializable(typeof(NotebookRefusal))]
[JsonSerializable(typeof(JsonElement))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class NotebookKernelJson : JsonSerializerContext;
