using System.Text;
using System.Text.Json;
using Lyceum.ChatService.JsonSchemas;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Structured;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.CodeGeneration;

/// <summary>Code that a model wrote; null with the reason when it wrote none.</summary>
internal sealed record WrittenCode(string? Code, string Model, string? Reason);

/// <summary>Has a model write code, and asks it a second time whether that is code. Throws <see cref="ModelException"/> when it does not answer.</summary>
internal sealed class CodeWriter(IChatClient models, StructuredAnswers answers, IHttpContextAccessor accessor, IOptions<CodeGenerationOptions> options, TimeProvider time)
{
    private static readonly JsonSchema Verdict = JsonSchema.TryRead(
        JsonElement.Parse("""{"type":"object","properties":{"is_code":{"type":"boolean"}},"required":["is_code"],"additionalProperties":false}"""), out _)!;

    public Task<WrittenCode> GenerateAsync(CodeLanguage language, string prompt, string model, CancellationToken cancellationToken) =>
        WriteAsync(language, model, $"Write {language.Name} code for this task:\n{prompt}", cancellationToken);

    public Task<WrittenCode> AdjustAsync(CodeLanguage language, string prompt, string code, string feedback, string model, CancellationToken cancellationToken) =>
        WriteAsync(
            language,
            model,
            $"This {language.Name} code was written for this task:\n{prompt}\n\nThe code:\n```\n{code}\n```\n\nChange it as follows, and write it again whole:\n{feedback}",
            cancellationToken);

    public Task<WrittenCode> TestsAsync(CodeLanguage language, string prompt, string code, string model, CancellationToken cancellationToken) =>
        WriteAsync(
            language,
            model,
            $"This {language.Name} code was written for this task:\n{prompt}\n\nThe code:\n```\n{code}\n```\n\nWrite tests for it as {language.TestStyle}. "
                + "They run after the code, in the same session: do not repeat it, and use no test framework.",
            cancellationToken);

    private async Task<WrittenCode> WriteAsync(CodeLanguage language, string model, string task, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.ModelTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var (text, answeredBy) = await ReadAsync(language, model, task, either.Token);
            var code = text.Length > options.Value.MaxCodeCharacters ? "" : CodeAnswer.Extract(text);
            var reason = text.Length > options.Value.MaxCodeCharacters ? $"The model wrote more than {options.Value.MaxCodeCharacters} characters."
                : string.IsNullOrWhiteSpace(code) ? "The model wrote no code."
                : await IsCodeAsync(language, code, model, either.Token) ? null
                : "The model's answer is not code.";
            // PostgreSQL's text holds no NUL, and no language needs one.
            return new WrittenCode(reason is null ? code.Replace("\0", "", StringComparison.Ordinal) : null, answeredBy ?? model, reason);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ModelException(ModelFailure.TimedOut, $"it did not finish within {options.Value.ModelTimeout.TotalSeconds:0} s");
        }
    }

    private async Task<(string Text, string? Model)> ReadAsync(CodeLanguage language, string model, string task, CancellationToken cancellationToken)
    {
        ChatMessage[] messages =
        [
            new(ChatRole.System, $"You write {language.Name}. Answer with one code block and nothing else: no explanation before or after it."),
            new(ChatRole.User, task),
        ];
        var asks = new ChatOptions { ModelId = model };
        if (accessor.HttpContext is { } http)
        {
            // Repairs can outlast the identity that came with the request.
            asks.For(http.User.Caller());
        }

        StringBuilder text = new();
        string? answeredBy = null;
        await foreach (var update in models.GetStreamingResponseAsync(messages, asks, cancellationToken))
        {
            answeredBy ??= update.ModelId;
            text.Append(update.Text);
            if (text.Length > options.Value.MaxCodeCharacters)
            {
                break;
            }
        }

        return (text.ToString(), answeredBy);
    }

    private async Task<bool> IsCodeAsync(CodeLanguage language, string code, string model, CancellationToken cancellationToken)
    {
        ChatMessage[] question = [new(ChatRole.User, $"Is the following {language.Name} code, and not prose or a refusal?\n```\n{code}\n```")];
        var verdict = await answers.AskAsync(Verdict, question, model, cancellationToken);
        return verdict.IsValid && verdict.Value!.Value.GetProperty("is_code").GetBoolean();
    }
}
