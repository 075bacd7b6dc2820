namespace Lyceum.NotebookAssistant;

/// <summary>Answers <c>lint_code_request</c>: the kernel, which knows its language and its names, looks at cells without running them.</summary>
internal sealed class CellLinting(string language, KernelQuestions questions)
{
    private const int MaxCells = 500;
    private const int MaxCode = 256 * 1024;

    public async Task<(LintCodeResult? Result, AssistantReply? Problem)> LintAsync(AssistantRequest request, CancellationToken cancellationToken)
    {
        var (notebook, cells, mode) = request.Read(AssistantJson.Default.LintCodeRequest);
        if (mode is not (null or "fast" or "thorough"))
        {
            return (null, AssistantReply.Error("InvalidRequest", "'mode' must be 'fast' or 'thorough'."));
        }

        if (cells is not { Count: <= MaxCells } || cells.Any(cell => cell?.Content is null) || cells.Sum(cell => cell!.Content!.Length) > MaxCode)
        {
            return (null, AssistantReply.Error("InvalidRequest", $"'cells' must be a list of at most {MaxCells} cells, each with its 'content', of {MaxCode} characters together."));
        }

        return await questions.LintAsync(request.Kernel, language, new LintCells(cells!, mode == "thorough"), cancellationToken) is { } notes
            ? (new LintCodeResult(notebook, notes), null)
            : (null, AssistantReply.Error("KernelBusy", "The kernel is busy and cannot look at the code: try again when it is idle."));
    }
}
