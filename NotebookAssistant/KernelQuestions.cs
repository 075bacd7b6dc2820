using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lyceum.Messaging;

namespace Lyceum.NotebookAssistant;

/// <summary>
/// Asks a kernel about its user's variables and code: by a silent execution, mostly of nothing with one expression to evaluate, which
/// leaves no trace in the notebook. A kernel that is busy, or of a language that we do not speak, has nothing to say.
/// </summary>
internal sealed partial class KernelQuestions(AssistantOptions options, TimeProvider time)
{
    private const string Expression = "answer";
    private const int MaxAnswer = 1024 * 1024;

    public async Task<IReadOnlyList<KernelVariable>> VariablesAsync(IAssistedKernel kernel, string language, CancellationToken cancellationToken) =>
        KernelExpressions.For(language) is { } expressions && await AskAsync(kernel, expressions, expressions.Variables, cancellationToken) is JsonArray rows
            ? [.. rows.OfType<JsonArray>().Where(row => row.Count == 3).Select(row => new KernelVariable(Text(row[0]), Text(row[1]), Text(row[2])))]
            : [];

    /// <summary>The first rows of a table; null if there is none of that name.</summary>
    public async Task<DatasetPreview?> PreviewAsync(IAssistedKernel kernel, string language, string variable, CancellationToken cancellationToken)
    {
        if (!IsVariable(variable, language) || KernelExpressions.For(language) is not { } expressions
            || await AskAsync(kernel, expressions, expressions.Preview(variable), cancellationToken) is not JsonObject { } table
            || table["headers"] is not JsonArray headers || table["rows"] is not JsonArray rows)
        {
            return null;
        }

        var first = JsonElement.Parse(headers.ToJsonString());
        return new DatasetPreview(variable, [.. first.EnumerateArray()], [first, .. rows.Select(row => JsonElement.Parse(row?.ToJsonString() ?? "[]"))]);
    }

    /// <summary>What is wrong with cells, none of which is run; null if the kernel does not say.</summary>
    public async Task<IReadOnlyList<LintNote>?> LintAsync(IAssistedKernel kernel, string language, LintCells cells, CancellationToken cancellationToken) =>
        KernelExpressions.For(language) is { Lint: { } lint } expressions
            ? Notes(await AskAsync(kernel, expressions, lint(cells), cancellationToken))
            : await CompletenessAsync(kernel, cells, cancellationToken);

    /// <summary>Whether this is the name of a variable, and so can do nothing but name one.</summary>
    public static bool IsVariable(string name, string language) =>
        (KernelExpressions.For(language) is { DotsInNames: true } ? IsDottedName() : IsName()).IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z_]\w{0,99}\z")]
    private static partial Regex IsName();

    [GeneratedRegex(@"\A[A-Za-z.][\w.]{0,99}\z")]
    private static partial Regex IsDottedName();

    private static IReadOnlyList<LintNote>? Notes(JsonNode? answer)
    {
        try
        {
            return answer is JsonArray ? answer.Deserialize(AssistantJson.Default.IReadOnlyListLintNote) : null;
        }
        catch (JsonException)
        {
            // A kernel's user can make it answer anything.
            return null;
        }
    }

    private static string Text(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var known) ? known : "";

    /// <summary>Every kernel can say whether a cell is whole.</summary>
    private async Task<IReadOnlyList<LintNote>?> CompletenessAsync(IAssistedKernel kernel, LintCells cells, CancellationToken cancellationToken)
    {
        var notes = new List<LintNote>();
        foreach (var cell in cells.Cells)
        {
            var request = Encoding.UTF8.GetBytes(new JsonObject { ["code"] = cell.Content }.ToJsonString());
            if (await TryAsync(token => ReplyAsync(kernel, "is_complete_request", request, null, token), cancellationToken) is not { } answer)
            {
                return null;
            }

            if (Text(answer["status"]) is ("invalid" or "incomplete") and var status)
            {
                notes.Add(new LintNote(cell.CellId, 1, 1, "error", "syntax", status == "invalid" ? "This is not valid code." : "Something is missing at the end."));
            }
        }

        return notes;
    }

    private async Task<JsonNode?> AskAsync(IAssistedKernel kernel, KernelExpressions language, string question, CancellationToken cancellationToken)
    {
        var content = new JsonObject
        {
            ["code"] = language.AreCode ? question : "",
            ["silent"] = true,
            ["store_history"] = false,
            ["user_expressions"] = language.AreCode ? [] : new JsonObject { [Expression] = question },
            ["allow_stdin"] = false,
            ["stop_on_error"] = false,
        };
        var request = Encoding.UTF8.GetBytes(content.ToJsonString());
        JsonNode? displayed = null;
        var answer = await TryAsync(
            async token =>
            {
                var reply = await ReplyAsync(kernel, "execute_request", request, language.AreCode ? message => displayed ??= Displayed(message) : null, token);
                return language.AreCode ? displayed : reply?["user_expressions"]?[Expression]?["data"]?["application/json"];
            },
            cancellationToken);
        return answer is JsonValue text && text.TryGetValue<string>(out var json) ? TryParse(json) : answer;
    }

    private async Task<JsonNode?> TryAsync(Func<CancellationToken, Task<JsonNode?>> ask, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.KernelTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ask(either.Token);
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

    private static JsonNode? TryParse(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Runs where the kernel's messages are received, which must go on.
    private static JsonNode? Displayed(JupyterMessage message)
    {
        if (message.Content.Length > MaxAnswer || !JupyterHeader.TryParse(message.Header.Span, out var header) || header.MsgType != "display_data")
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(message.Content.Span) is JsonObject content && content["data"] is JsonObject data ? data["application/json"] : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The content of the kernel's reply, or of the last that it did give.</summary>
    private async Task<JsonNode?> ReplyAsync(
        IAssistedKernel kernel, string type, byte[] request, Action<JupyterMessage>? published, CancellationToken cancellationToken)
    {
        JupyterMessage? last = null;
        await kernel.AskOnceIdleAsync(
            async () => await kernel.AskAsync(type, request, published, cancellationToken) is { Content.Length: <= MaxAnswer } reply ? last = reply : null,
            time,
            cancellationToken);
        return last is null ? null : JsonNode.Parse(last.Content.Span);
    }
}
