using System.Globalization;
using System.Text;

namespace Lyceum.TelemetryIngest.Reports;

/// <summary>The report that JELAI's <c>/report</c> prints: what was asked, by whom and where.</summary>
internal static class TextReport
{
    private const int Shown = 10;

    public static string Write(string course, TutorUse use)
    {
        var text = new StringBuilder();
        Line($"Report of {course}");
        Line($"Total questions: {use.Questions}");
        Line($"Total responses: {use.Answers}");
        Line($"Total students: {use.Learners}");
        Line($"Date range: {(use is { First: { } first, Last: { } last } ? string.Create(CultureInfo.InvariantCulture, $"{first.UtcDateTime:yyyy-MM-dd HH:mm} to {last.UtcDateTime:yyyy-MM-dd HH:mm} UTC") : "none")}");
        Part("Top students", use.ByLearner.Take(Shown).Select(one => (one.Name, one.Count)));
        Part("Top files", use.ByNotebook.Take(Shown).Select(one => (one.Name.Length == 0 ? "(none named)" : one.Name, one.Count)));
        Part("Classification", use.ByClass.Select(one => (
            string.Create(CultureInfo.InvariantCulture, $"{(one.Name.Length == 0 ? "(not classified)" : one.Name)} ({(double)one.Count / use.Questions:P0})"), one.Count)));
        Part("Students per experiment group", use.Groups.Select(group => ($"{group.Experiment} {group.Group}", group.Learners)));
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        void Part(string title, IEnumerable<(string Name, int Count)> rows)
        {
            Line($"");
            Line($"{title}:");
            var any = false;
            foreach (var (name, count) in rows)
            {
                any = true;
                Line($"  {name}: {count}");
            }

            if (!any)
            {
                Line($"  none");
            }
        }
    }
}
