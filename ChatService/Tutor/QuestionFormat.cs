using System.Text;

namespace Lyceum.ChatService.Tutor;

/// <summary>
/// The form in which a model is given a question and what belongs to it. ModelHost's built-in model reads it from the section
/// "Notebook" on, and nothing in the notebook can leave its section: a path is one line, code and errors stand in fences longer than
/// any run of backticks inside.
/// </summary>
internal static class QuestionFormat
{
    private const int ShortestFence = 3;

    /// <summary>The question that is to be answered.</summary>
    /// <param name="context">What is shown beside it.</param>
    /// <param name="question">The student's words.</param>
    /// <param name="leftOut">The beginnings of earlier questions that are not shown otherwise; null for none.</param>
    /// <param name="summary">The notes on what was said before and is not shown; null for none.</param>
    public static string Render(TutorContext context, string question, string? leftOut, string? summary)
    {
        StringBuilder text = new();
        Fenced(text, "Earlier in this conversation", summary);
        Fenced(text, "Earlier questions, left out here", leftOut);
        Fenced(text, "What the student works on", context.About);
        Fenced(text, "Recent activity", context.Activity);
        Fenced(text, "Variables", context.Variables);
        Cells(text, "Cells that ran before", context.CellsRan, context.Language);
        Cells(text, "Cells above", context.CellsBefore, context.Language);
        Cells(text, "Cells below", context.CellsAfter, context.Language);
        return text.Append(Render(context, question)).ToString();
    }

    /// <summary>A question with what it was directly about, as it is shown while it is answered and later.</summary>
    public static string Render(TutorContext context, string question)
    {
        StringBuilder text = new();
        if (context.NotebookPath is { } path)
        {
            text.Append("# Notebook\n").Append(path).Append("\n\n");
        }

        if (context.Code is { } code)
        {
            text.Append(context.Language is { } language ? $"# Code ({language})\n" : "# Code\n");
            Fence(text, context.Language, code);
        }

        if (context.Error is { } error)
        {
            var summary = error.Value.Length == 0 ? error.Name : $"{error.Name}: {error.Value}";
            Fenced(text, "Error", error.Traceback.Length == 0 ? summary : $"{summary}\n{error.Traceback}");
        }

        return text.Append("# Question\n").Append(question).ToString();
    }

    /// <summary>A section whose text is data.</summary>
    public static void Fenced(StringBuilder text, string heading, string? content)
    {
        if (content is not null)
        {
            text.Append("# ").Append(heading).Append('\n');
            Fence(text, null, content);
        }
    }

    private static void Cells(StringBuilder text, string heading, IReadOnlyList<string> cells, string? language)
    {
        if (cells.Count == 0)
        {
            return;
        }

        text.Append("# ").Append(heading).Append('\n');
        foreach (var cell in cells)
        {
            Fence(text, language, cell);
        }
    }

    private static void Fence(StringBuilder text, string? language, string content)
    {
        var fence = new string('`', Math.Max(ShortestFence, LongestRun(content) + 1));
        text.Append(fence).Append(language).Append('\n').Append(content);
        if (!content.EndsWith('\n'))
        {
            text.Append('\n');
        }

        text.Append(fence).Append("\n\n");
    }

    private static int LongestRun(string content)
    {
        var (longest, run) = (0, 0);
        foreach (var character in content)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
