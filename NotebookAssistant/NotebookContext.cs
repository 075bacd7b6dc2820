using System.Text;
using System.Text.Json;

namespace Lyceum.NotebookAssistant;

/// <summary>Puts together what the tutor is shown of a notebook beside a question: its latest cells, the last error, the variables.</summary>
internal sealed class NotebookContext(
    string language, Func<string?> notebook, RecentCells recent, AssistantContext context, KernelQuestions questions)
{
    // ChatService cuts at 8000 characters in the middle; this cuts by age instead.
    private const int MaxCode = 7_500;
    private const int MaxVariables = 2_000;
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
            Code(cells, variables),
            language,
            last?.Error is { Name.Length: > 0 } error ? new QuestionError(error.Name, error.Value, error.Traceback) : null,
            kernel.Id);
    }

    private string? Code(IReadOnlyList<RecentCell> cells, IReadOnlyList<KernelVariable> variables)
    {
        var mark = language.ToUpperInvariant() is "C#" or "JAVASCRIPT" or "TYPESCRIPT" or "JAVA" or "C++" or "RUST" or "GO" ? "//" : "#";
        var about = About(mark);
        var scope = Scope(variables, mark);
        var budget = MaxCode - about.Length - scope.Length;
        var shown = new Stack<string>();
        for (var i = cells.Count - 1; i >= 0 && budget > 0; i--)
        {
            var head = cells[i].Error is { } error ? $"{mark} A cell that failed with {OneLine(error.Name)}:" : $"{mark} A cell that ran:";
            var code = cells[i].Code.Length <= budget ? cells[i].Code : $"{mark} (its beginning is left out)\n{cells[i].Code[^budget..]}";
            shown.Push($"{head}\n{code}\n");
            budget -= head.Length + code.Length + 2;
        }

        var text = $"{about}{string.Join('\n', shown)}{scope}".Trim();
        return text.Length == 0 ? null : text;
    }

    private string About(string mark)
    {
        var fields = context.Info.EnumerateObject()
            .Where(field => field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
            .Select(field => $"{OneLine(field.Name)}: {OneLine(field.Value.ToString())}");
        return context.Name == "default" ? "" : $"{mark} The student works on this {context.Name}: {Cut(string.Join("; ", fields), MaxInfo)}\n\n";
    }

    private static string Scope(IReadOnlyList<KernelVariable> variables, string mark)
    {
        var text = new StringBuilder();
        foreach (var variable in variables.Reverse())
        {
            var line = $"{mark}   {OneLine(variable.Name)}: {OneLine(variable.Type)}{(variable.Value.Length > 0 ? $", {OneLine(variable.Value)}" : "")}\n";
            if (text.Length + line.Length > MaxVariables)
            {
                break;
            }

            text.Append(line);
        }

        return text.Length == 0 ? "" : $"\n{mark} Variables now:\n{text}";
    }

    private static string OneLine(string text) => Cut(text.ReplaceLineEndings(" "), 300);

    private static string Cut(string text, int length) => text.Length <= length ? text : $"{text[..length]}...";
}
