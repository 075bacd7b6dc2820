using System.Text.RegularExpressions;
using Lyceum.ChatService.Turns;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Tutor;

/// <summary>Decides what of a student's notebook the model is shown.</summary>
internal sealed partial class ContextComposer(LastErrors lastErrors, IOptions<TutorOptions> options)
{
    private const int MaxErrorName = 200;

    /// <summary>What the request itself brought.</summary>
    public TutorContext From(QuestionContext? asked) => asked is null ? TutorContext.None : new TutorContext
    {
        NotebookPath = Present(asked.NotebookPath, NotebookText.Line),
        CellId = Present(asked.CellId, NotebookText.Line),
        Code = Present(asked.Code, Code),
        Language = Language(asked.Language),
        Error = Error(asked.Error?.Name, asked.Error?.Value, asked.Error?.Traceback),
        ErrorSource = asked.Error?.Name is { Length: > 0 } ? ErrorSources.Request : null,
    };

    /// <summary>The same and, where the request told of no error, the student's last one.</summary>
    public async Task<TutorContext> CompleteAsync(CallerIdentity caller, TutorContext context, CancellationToken cancellationToken)
    {
        if (context.Error is not null || await lastErrors.FindAsync(caller, context.NotebookPath, cancellationToken) is not { } last)
        {
            return context;
        }

        var withCode = context.Code is null && !string.IsNullOrWhiteSpace(last.Code);
        return context with
        {
            NotebookPath = context.NotebookPath ?? Present(last.Notebook, NotebookText.Line),
            CellId = withCode ? Present(last.Cell, NotebookText.Line) : context.CellId,
            Code = withCode ? Present(last.Code, Code) : context.Code,
            Language = withCode ? Language(last.Language) : context.Language ?? Language(last.Language),
            Error = Error(last.Name, last.Value, last.Traceback),
            ErrorSource = ErrorSources.Telemetry,
        };
    }

    private string Code(string code) => NotebookText.Cut(NotebookText.Clean(code).TrimEnd(), options.Value.MaxCodeCharacters);

    private TutorError? Error(string? name, string? value, IReadOnlyList<string>? traceback)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return null;
        }

        var budget = options.Value.MaxErrorCharacters;
        var message = NotebookText.Cut(NotebookText.Clean(value ?? "").Trim(), budget / 2);
        var trace = NotebookText.Clean(string.Join('\n', traceback ?? [])).TrimEnd();
        return new TutorError(
            NotebookText.Start(NotebookText.Line(name), MaxErrorName),
            message,
            NotebookText.Cut(trace, budget - message.Length));
    }

    private static string? Present(string? text, Func<string, string> clean) =>
        string.IsNullOrWhiteSpace(text) || clean(text) is not { Length: > 0 } cleaned ? null : cleaned;

    // It stands in a heading and behind a fence: only what names of languages are made of may stand there.
    private static string? Language(string? name) => name is not null && LanguageName().IsMatch(name) ? name : null;

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9+#_.-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageName();
}

/// <summary>The values of <see cref="TutorContext.ErrorSource"/>.</summary>
internal static class ErrorSources
{
    public const string Request = "request";
    public const string Telemetry = "telemetry";
}
