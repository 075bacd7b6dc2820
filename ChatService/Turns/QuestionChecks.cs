using System.Text;
using Lyceum.ChatService.Conversations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Turns;

/// <summary>Checks what a student sends; every complaint names its field.</summary>
internal sealed class QuestionChecks(IOptions<ConversationsOptions> options)
{
    private const int MaxPath = 1024;
    private const int MaxCellId = 256;
    private const int MaxKernelId = 100;
    private const int MaxLanguage = 64;
    private const int MaxCellsAround = 20;
    private const int MaxVariables = 200;

    /// <summary>What is wrong with a question, or null.</summary>
    /// <param name="field">The name of the field that holds the student's words.</param>
    /// <param name="text">The student's words.</param>
    /// <param name="context">What came with them.</param>
    public ProblemHttpResult? Check(string field, string? text, QuestionContext? context)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return ConversationProblems.Invalid(field, "It is missing or empty: write the student's question.");
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return ConversationProblems.Invalid(field, "It contains the character NUL, which cannot be stored.");
        }

        var limit = options.Value.MaxMessageBytes;
        if (Encoding.UTF8.GetByteCount(text) > limit)
        {
            return TypedResults.Problem($"'{field}' is longer than {limit} bytes of UTF-8.", statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        return TooLong("context.notebook_path", context?.NotebookPath, MaxPath)
            ?? TooLong("context.cell_id", context?.CellId, MaxCellId)
            ?? TooLong("context.kernel_id", context?.KernelId, MaxKernelId)
            ?? TooLong("context.language", context?.Language, MaxLanguage)
            ?? TooMany("context.cells_before", context?.CellsBefore?.Count, MaxCellsAround)
            ?? TooMany("context.cells_after", context?.CellsAfter?.Count, MaxCellsAround)
            ?? TooMany("context.cells_ran", context?.CellsRan?.Count, MaxCellsAround)
            ?? TooMany("context.variables", context?.Variables?.Count, MaxVariables)
            ?? (context?.Error is { } error && string.IsNullOrWhiteSpace(error.Name)
                ? ConversationProblems.Invalid("context.error.name", "It is missing or empty: write the error's class, or leave 'error' out.")
                : null);
    }

    private static ProblemHttpResult? TooMany(string field, int? count, int limit) =>
        count is null || count <= limit ? null : ConversationProblems.Invalid(field, $"There are more than {limit} of them.");

    private static ProblemHttpResult? TooLong(string field, string? value, int limit) =>
        value is null || value.Length <= limit ? null : ConversationProblems.Invalid(field, $"It is longer than {limit} characters.");
}
