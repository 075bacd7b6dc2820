using System.Globalization;
using System.Text;
using Lyceum.ChatService.Tutor;

namespace Lyceum.ChatService.Profiles;

/// <summary>What is known of a learner's questions of the last 30 days, the newest first.</summary>
internal sealed record LearnerProfile(IReadOnlyList<EarlierQuestion> Questions)
{
    public static readonly LearnerProfile None = new([]);

    private const int FlaggedFrom = 6;
    private const double FlaggedShare = 0.6;
    private const int MostFrequent = 3;

    /// <summary>Whether most of more than five questions asked to have it done.</summary>
    public bool NeedsGuidance => Questions.Count >= FlaggedFrom && Count(QuestionClass.Executive) > FlaggedShare * Questions.Count;

    /// <summary>How many questions in a row, up to one of this class and it included, asked to have it done.</summary>
    public int ExecutiveInARow(string now) =>
        now != QuestionClass.Executive ? 0 : 1 + Questions.TakeWhile(question => question.Class == QuestionClass.Executive).Count();

    /// <summary>Whether a question of this class is the first after one to have it done that aims at understanding.</summary>
    public bool IsShift(string now) => now == QuestionClass.Instrumental && Questions is [{ Class: QuestionClass.Executive }, ..];

    /// <summary>The profile in a few lines for the tutor; null when nothing was asked before.</summary>
    public string? Describe()
    {
        if (Questions.Count == 0)
        {
            return null;
        }

        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Questions in the last 30 days: {Questions.Count} ({Classes()}).");
        Frequent(text, "Errors asked about", Questions.Select(question => question.Error));
        Frequent(text, "Learning objectives asked about", Questions.Select(question => question.Objective));
        return text.Append(NeedsGuidance ? "\nMost of them asked to have it done." : "").ToString();
    }

    /// <summary>The profile in words for the learner.</summary>
    public string Report()
    {
        if (Questions.Count == 0)
        {
            return "You have not asked me anything in the last 30 days, so there is nothing to report yet.";
        }

        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"In the last 30 days you asked me {Questions.Count} questions: {Count(QuestionClass.Instrumental)} to understand something, {Count(QuestionClass.Executive)} to have something done, {Questions.Count - Count(QuestionClass.Instrumental) - Count(QuestionClass.Executive)} others.");
        Frequent(text, "- Errors that you asked about", Questions.Select(question => question.Error));
        Frequent(text, "- What you asked about", Questions.Select(question => question.Objective));
        return text.Append("\n\nWhich of these would you like to be able to explain to somebody else?").ToString();
    }

    private int Count(string name) => Questions.Count(question => question.Class == name);

    private string Classes() => string.Join(", ", Questions.GroupBy(question => question.Class).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key}")));

    private static void Frequent(StringBuilder text, string heading, IEnumerable<string?> values)
    {
        var most = values.OfType<string>().GroupBy(value => value).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Take(MostFrequent)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{NotebookText.Line(group.Key)} ({group.Count()}x)")).ToArray();
        if (most.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{heading}: {string.Join(", ", most)}.");
        }
    }
}

/// <summary>What is kept of a question for the profile.</summary>
internal sealed record EarlierQuestion(string Class, string? Objective, string? Error);
