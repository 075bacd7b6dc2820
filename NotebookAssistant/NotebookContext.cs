using System.Text.Json;

namespace Lyceum.NotebookAssistant;

/// <summary>Puts together what the tutor is told of a notebook beside a question: its latest cells, the last error, the variables. The tutor cuts it to its budgets.</summary>
internal sealed class NotebookContext(
    string language, Func<string?> notebook, RecentCells recent, AssistantContext context, KernelQuestions questions)
{
    private const int MaxVariables = 200;
    private const int MaxText = 300;
    private const int MaxInfo = 1_000;
    private const int MaxCellId = 256;

    /// <summary>The notebook's path; null when nobody named it.</summary>
    public string? Path => notebook();

    public async Task<QuestionContext> ComposeAsync(IAssistedKernel kernel, CancellationToken cancellationToken)
    {
        var cells = recent.Cells;
        var variables = await questions.VariablesAsync(kernel, language, cancellationToken);
        var last = cells.Count > 0 ? cells[^1] : null;
        return new QuestionContext(
            Path,
            last?.Id is { Length: <= MaxCellId } id ? id : null,
            last?.Code,
            language,
            last?.Error is { Name.Length: > 0 } error ? new QuestionError(error.Name, error.Value, error.Traceback) : null,
            [.. cells.SkipLast(1).Select(cell => new RanCell(cell.Code, cell.Error?.Name))],
            [.. variables.TakeLast(MaxVariables).Select(variable => new ScopeVariable(OneLine(variable.Name), OneLine(variable.Type), variable.Value.Length > 0 ? OneLine(variable.Value) : null))],
            About(),
            kernel.Id);
    }

    private string? About()
    {
        var fields = context.Info.EnumerateObject()
            .Where(field => field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
            .Select(field => $"{OneLine(field.Name)}: {OneLine(field.Value.ToString())}");
        var workflow = context.Workflow is { } followed ? $" The student goes through the workflow {Cut(OneLine(followed.ToString()), MaxInfo)}" : "";
        return context.Name == "default" ? null : $"This {context.Name}: {Cut(string.Join("; ", fields), MaxInfo)}{workflow}";
    }

    private static string OneLine(string text) => Cut(text.ReplaceLineEndings(" "), MaxText);

    private static string Cut(string text, int length) => text.Length <= length ? text : $"{text[..length]}...";
}
