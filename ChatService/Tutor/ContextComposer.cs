using System.Text.RegularExpressions;
using Lyceum.ChatService.Turns;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Tutor;

/// <summary>Decides what of a student's notebook the model is shown: each piece cut to its budget, and its source noted.</summary>
internal sealed partial class ContextComposer(StudentTelemetry telemetry, KernelVariables kernels, IOptions<TutorOptions> options)
{
    private const int MaxErrorName = 200;
    private const int MaxValue = 300;

    /// <summary>
    /// What the request brought, and where that is all that decides on it, what the services know: asked for while the turn begins. If it does
    /// not begin nobody waits for them, so only their own limits end it.
    /// </summary>
    public AskedContext Begin(CallerIdentity student, QuestionContext? asked, bool isFirst)
    {
        var told = From(asked);
        return new AskedContext(told, isFirst || told.NotebookPath is not null ? CompleteAsync(student, told, CancellationToken.None) : null);
    }

    /// <summary>What the request itself brought.</summary>
    public TutorContext From(QuestionContext? asked)
    {
        if (asked is null)
        {
            return TutorContext.None;
        }

        List<Source> sources = [];
        var half = options.Value.MaxCellsAroundTokens / 2;
        // The nearest cells are the most telling: of those above the last, of those below the first.
        var (before, cutBefore) = Nearest((asked.CellsBefore ?? []).Reverse(), half);
        var (after, cutAfter) = Nearest(asked.CellsAfter ?? [], half);
        before.Reverse();
        var context = new TutorContext
        {
            NotebookPath = Present(asked.NotebookPath, NotebookText.Line),
            CellId = Present(asked.CellId, NotebookText.Line),
            KernelId = Present(asked.KernelId, NotebookText.Line),
            Code = Code(asked.Code, SourceFrom.Request, sources),
            Language = Language(asked.Language),
            Error = Error(asked.Error?.Name, asked.Error?.Value, asked.Error?.Traceback, SourceFrom.Request, sources),
            ErrorSource = asked.Error?.Name is { Length: > 0 } ? SourceFrom.Request : null,
            CellsBefore = before,
            CellsAfter = after,
        };
        if (before.Count + after.Count > 0)
        {
            sources.Add(new Source(SourceKind.CellsAround, SourceFrom.Request, half * 2, before.Concat(after).Sum(TokenBudget.Count), cutBefore || cutAfter));
        }

        return context with
        {
            About = Optional(SourceKind.About, SourceFrom.Request, asked.About, options.Value.MaxAboutTokens, sources),
            Activity = Optional(SourceKind.Activity, SourceFrom.Request, asked.Activity, options.Value.MaxActivityTokens, sources),
            CellsRan = Ran(asked.CellsRan, sources),
            Variables = Variables(asked.Variables, sources),
            Sources = sources,
        };
    }

    /// <summary>The same with what TelemetryIngest knows: the student's last error, where the request told of none, and recent activity.</summary>
    public async Task<TutorContext> CompleteAsync(CallerIdentity student, TutorContext context, CancellationToken cancellationToken)
    {
        var activity = context.Activity is null ? telemetry.ActivityAsync(student, context.NotebookPath, cancellationToken) : Task.FromResult<RecentActivity?>(null);
        var inScope = context is { KernelId: { } kernel, Variables: null } ? kernels.ReadAsync(student, kernel, cancellationToken) : Task.FromResult<IReadOnlyList<ScopeVariable>>([]);
        var last = context.Error is null ? await telemetry.LastErrorAsync(student, context.NotebookPath, cancellationToken) : null;
        List<Source> sources = [.. context.Sources];
        if (last is not null)
        {
            var withCode = context.Code is null && !string.IsNullOrWhiteSpace(last.Code);
            context = context with
            {
                NotebookPath = context.NotebookPath ?? Present(last.Notebook, NotebookText.Line),
                CellId = withCode ? Present(last.Cell, NotebookText.Line) : context.CellId,
                Code = withCode ? Code(last.Code, SourceFrom.Telemetry, sources) : context.Code,
                Language = withCode ? Language(last.Language) : context.Language ?? Language(last.Language),
                Error = Error(last.Name, last.Value, last.Traceback, SourceFrom.Telemetry, sources),
                ErrorSource = SourceFrom.Telemetry,
            };
        }

        if ((await activity)?.Describe() is { } described)
        {
            var text = Piece(SourceKind.Activity, SourceFrom.Telemetry, described, options.Value.MaxActivityTokens, sources);
            context = context with { Activity = text };
        }

        if (Variables(await inScope, sources) is { } variables)
        {
            context = context with { Variables = variables };
        }

        return sources.Count == context.Sources.Count ? context : context with { Sources = sources };
    }

    private List<string> Ran(IReadOnlyList<RanCell?>? cells, List<Source> sources)
    {
        var texts = (cells ?? []).OfType<RanCell>().Where(cell => !string.IsNullOrWhiteSpace(cell.Code)).Select(cell =>
            string.IsNullOrWhiteSpace(cell.Error) ? cell.Code! : $"{cell.Code!.TrimEnd()}\n[failed with {NotebookText.Start(NotebookText.Line(cell.Error), MaxErrorName)}]");
        var budget = options.Value.MaxCellsRanTokens;
        var (kept, cut) = Nearest(texts.Reverse(), budget);
        kept.Reverse();
        if (kept.Count > 0 || cut)
        {
            sources.Add(new Source(SourceKind.CellsRan, SourceFrom.Kernel, budget, kept.Sum(TokenBudget.Count), cut));
        }

        return kept;
    }

    private string? Variables(IReadOnlyList<ScopeVariable?>? variables, List<Source> sources)
    {
        var lines = (variables ?? []).OfType<ScopeVariable>().Where(one => !string.IsNullOrWhiteSpace(one.Name))
            .Select(one => string.IsNullOrWhiteSpace(one.Value) ? $"{Short(one.Name)}: {Short(one.Type)}" : $"{Short(one.Name)}: {Short(one.Type)} = {Short(one.Value)}");
        var budget = options.Value.MaxVariablesTokens;
        var (kept, cut) = Nearest(lines.Reverse(), budget);
        kept.Reverse();
        if (kept.Count == 0 && !cut)
        {
            return null;
        }

        var text = string.Join('\n', kept);
        sources.Add(new Source(SourceKind.Variables, SourceFrom.Kernel, budget, TokenBudget.Count(text), cut));
        return text.Length == 0 ? null : text;
    }

    private static string Short(string? text) => NotebookText.Start(NotebookText.Line(text ?? "?"), MaxValue);

    private static string? Optional(string kind, string from, string? text, int budget, List<Source> sources) =>
        Present(text, clean => NotebookText.Clean(clean).Trim()) is { } clean ? Piece(kind, from, clean, budget, sources) : null;

    private string? Code(string? code, string from, List<Source> sources) =>
        string.IsNullOrWhiteSpace(code) ? null : Piece(SourceKind.Code, from, NotebookText.Clean(code).TrimEnd(), options.Value.MaxCodeTokens, sources);

    private TutorError? Error(string? name, string? value, IReadOnlyList<string>? traceback, string from, List<Source> sources)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return null;
        }

        var budget = options.Value.MaxErrorTokens;
        var (message, cutMessage) = TokenBudget.Cut(NotebookText.Clean(value ?? "").Trim(), budget / 2);
        var (trace, cutTrace) = TokenBudget.Cut(NotebookText.Clean(string.Join('\n', traceback ?? [])).TrimEnd(), budget - TokenBudget.Count(message));
        var error = new TutorError(NotebookText.Start(NotebookText.Line(name), MaxErrorName), message, trace);
        sources.Add(new Source(SourceKind.Error, from, budget, TokenBudget.Count($"{error.Name}: {message}\n{trace}"), cutMessage || cutTrace));
        return error;
    }

    private static (List<string> Cells, bool Cut) Nearest(IEnumerable<string?> cells, int budget)
    {
        List<string> kept = [];
        foreach (var cell in cells.OfType<string>().Select(cell => NotebookText.Clean(cell).TrimEnd()).Where(cell => cell.Length > 0))
        {
            if (TokenBudget.Count(cell) > budget)
            {
                return (kept, true);
            }

            budget -= TokenBudget.Count(cell);
            kept.Add(cell);
        }

        return (kept, false);
    }

    private static string Piece(string kind, string from, string text, int budget, List<Source> sources)
    {
        (text, var cut) = TokenBudget.Cut(text, budget);
        sources.Add(new Source(kind, from, budget, TokenBudget.Count(text), cut));
        return text;
    }

    private static string? Present(string? text, Func<string, string> clean) =>
        string.IsNullOrWhiteSpace(text) || clean(text) is not { Length: > 0 } cleaned ? null : cleaned;

    // It stands in a heading and behind a fence: only what names of languages are made of may stand there.
    private static string? Language(string? name) => name is not null && LanguageName().IsMatch(name) ? name : null;

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9+#_.-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageName();
}
