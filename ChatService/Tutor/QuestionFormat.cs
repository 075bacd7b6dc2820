using System.Text;

namespace Lyceum.ChatService.Tutor;

/// <summary>
/// The form in which a model is given a question and what belongs to it. ModelHost's built-in model reads it, and nothing in the
/// notebook can leave its section: a path is one line, code and errors stand in fences longer than any run of backticks inside.
/// </summary>
internal static class QuestionFormat
{
    private const int ShortestFence = 3;

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
            text.Append("# Error\n");
            var summary = error.Value.Length == 0 ? error.Name : $"{error.Name}: {error.Value}";
            Fence(text, null, error.Traceback.Length == 0 ? summary : $"{summary}\n{error.Traceback}");
        }

        return text.Append("# Question\n").Append(question).ToString();
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
