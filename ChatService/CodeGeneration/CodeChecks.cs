using Lyceum.ChatService.Structured;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.CodeGeneration;

/// <summary>Checks what a client sends; every complaint names its field.</summary>
internal sealed class CodeChecks(IOptions<CodeGenerationOptions> options)
{
    private const int MaxTitle = 200;

    public ProblemHttpResult? Check(GenerateCode body) =>
        StructuredChecks.CheckModel("model_name", body.ModelName)
        ?? CheckLanguage(body.Language)
        ?? Check("original_prompt", body.OriginalPrompt, options.Value.MaxPromptCharacters);

    public ProblemHttpResult? Check(AdjustCode body) =>
        Check(new GenerateCode(body.ModelName, body.Language, body.OriginalPrompt, body.SessionId))
        ?? Check("reference_code", body.ReferenceCode, options.Value.MaxCodeCharacters)
        ?? Check("feedback_prompt", body.FeedbackPrompt, options.Value.MaxPromptCharacters);

    public ProblemHttpResult? Check(TestSnippet body) =>
        StructuredChecks.CheckModel("model_name", body.ModelName)
        ?? (body.Tests is null ? null : Check("tests", body.Tests, options.Value.MaxCodeCharacters))
        ?? (body.Repairs is null || (body.Repairs >= 0 && body.Repairs <= options.Value.MaxRepairs) ? null
            : FieldProblem.Of("repairs", $"It must be between 0 and {options.Value.MaxRepairs}."));

    public static ProblemHttpResult? CheckTitle(string? title) => Check("title", title, MaxTitle);

    private static ProblemHttpResult? CheckLanguage(string? language) => CodeLanguage.Find(language) is not null
        ? null
        : FieldProblem.Of("language", $"It must be one of {string.Join(", ", CodeLanguage.All.Select(known => known.Name))}.");

    private static ProblemHttpResult? Check(string field, string? text, int limit) =>
        string.IsNullOrWhiteSpace(text) || text.Length > limit || text.Contains('\0', StringComparison.Ordinal)
            ? FieldProblem.Of(field, $"It must be text of 1 to {limit} characters, without NUL.")
            : null;
}
