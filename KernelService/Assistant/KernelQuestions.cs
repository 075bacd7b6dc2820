using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.KernelService.Kernels;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Assistant;

/// <summary>
/// Asks a kernel about its user's variables: by a silent execution of nothing with one expression to evaluate, which leaves
/// no trace in the notebook. A kernel that is busy, or of a language without such expressions, has nothing to say.
/// </summary>
internal sealed class KernelQuestions(IOptions<AssistantOptions> options, TimeProvider time)
{
    private const string Expression = "answer";
    private const int MaxAnswer = 1024 * 1024;
    private const int MaxAborts = 10;
    private static readonly TimeSpan AbortPause = TimeSpan.FromMilliseconds(50);

    public async Task<IReadOnlyList<KernelVariable>> VariablesAsync(Kernel kernel, string language, CancellationToken cancellationToken) =>
        KernelExpressions.For(language) is { } expressions && await AskAsync(kernel, expressions.Variables, cancellationToken) is JsonArray rows
            ? [.. rows.OfType<JsonArray>().Where(row => row.Count == 3).Select(row => new KernelVariable(Text(row[0]), Text(row[1]), Text(row[2])))]
            : [];

    /// <summary>The first rows of a table; null if there is none of that name.</summary>
    public async Task<DatasetPreview?> PreviewAsync(Kernel kernel, string language, string variable, CancellationToken cancellationToken)
    {
        if (!ContextSetup.IsVariable().IsMatch(variable) || KernelExpressions.For(language) is not { } expressions
            || await AskAsync(kernel, expressions.Preview(variable), cancellationToken) is not JsonObject { } table
            || table["headers"] is not JsonArray headers || table["rows"] is not JsonArray rows)
        {
            return null;
        }

        var first = JsonElement.Parse(headers.ToJsonString());
        return new DatasetPreview(variable, [.. first.EnumerateArray()], [first, .. rows.Select(row => JsonElement.Parse(row?.ToJsonString() ?? "[]"))]);
    }

    private static string Text(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var known) ? known : "";

    private async Task<JsonNode?> AskAsync(Kernel kernel, string expression, CancellationToken cancellationToken)
    {
        var content = new JsonObject
        {
            ["code"] = "",
            ["silent"] = true,
            ["store_history"] = false,
            ["user_expressions"] = new JsonObject { [Expression] = expression },
            ["allow_stdin"] = false,
            ["stop_on_error"] = false,
        };
        using var limit = new CancellationTokenSource(options.Value.KernelTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var answer = await ReplyAsync(kernel, Encoding.UTF8.GetBytes(content.ToJsonString()), either.Token);
            return answer?["user_expressions"]?[Expression]?["data"]?["application/json"];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A kernel's user can make it answer anything.
            return null;
        }
    }

    /// <summary>The reply's content. For a moment after a cell has failed, ipykernel aborts whatever it is asked next.</summary>
    private async Task<JsonNode?> ReplyAsync(Kernel kernel, byte[] request, CancellationToken cancellationToken)
    {
        var answer = await OnceAsync();
        for (var aborts = 0; aborts < MaxAborts && (string?)answer?["status"] == "aborted"; aborts++)
        {
            await Task.Delay(AbortPause, time, cancellationToken);
            answer = await OnceAsync() ?? answer;
        }

        return answer;

        async Task<JsonNode?> OnceAsync() =>
            await kernel.AskAsync("execute_request", request, cancellationToken) is { Content.Length: <= MaxAnswer } reply ? JsonNode.Parse(reply.Content.Span) : null;
    }
}
