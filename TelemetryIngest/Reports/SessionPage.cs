using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Lyceum.TelemetryIngest.Reports;

/// <summary>A session's report as a page for the printer: no scripts, nothing that is loaded from elsewhere.</summary>
internal static class SessionPage
{
    private const int ShownErrors = 15;
    private const int ShownName = 8;

    private const string Style = """
        body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1c2330; font: 15px/1.45 system-ui, sans-serif; }
        h1 { margin-bottom: 0; } .muted { color: #566072; } dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; } dd { margin: 0; font-size: 1.5rem; font-weight: 600; }
        table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { padding: .25rem .5rem; border-bottom: 1px solid #dde1e8; text-align: left; }
        td.n, th.n { text-align: right; } code { overflow-wrap: anywhere; } tr { break-inside: avoid; } h2 { margin-top: 2rem; break-after: avoid; }
        @media print { body { margin: 0; max-width: none; font-size: 11px; } thead { display: table-header-group; } } @page { margin: 15mm; }
        """;

    public static string Write(SessionReport report)
    {
        var page = new StringBuilder();
        var span = report.Span;
        page.Append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>")
            .Append(Text($"Session report, {report.Course}")).Append("</title><style>").Append(Style).Append("</style>");
        page.Append("<h1>").Append(Text(report.Course)).Append("</h1><p class=\"muted\">")
            .Append(Text($"{Time(span.From)} to {Time(span.To)} UTC{(span.Notebook is null ? "" : $", {span.Notebook}")}. Learners by the beginning of their pseudonyms.")).Append("</p>");
        Totals(page, report);
        Exercises(page, report);
        Table(page, "Most frequent errors", ["Error", "n Times", "n Learners", "The last message"],
            report.Errors.Take(ShownErrors).Select(error => new[] { error.Name, Number(error.Count), Number(error.Learners), error.Example }));
        Table(page, "Questions to the tutor", ["Class", "n Questions"],
            report.Use.ByClass.Select(one => new[] { one.Name.Length == 0 ? "not classified" : one.Name, Number(one.Count) }));
        Table(page, "Experiment groups", ["Experiment", "Group", "n Learners"],
            report.Use.Groups.Select(group => new[] { group.Experiment, group.Group, Number(group.Learners) }));
        Learners(page, report);
        return page.Append("<p class=\"muted\">What the numbers mean: docs/metrics.md. They describe how somebody worked, not how good somebody is.</p></html>\n").ToString();
    }

    private static void Totals(StringBuilder page, SessionReport report)
    {
        var learners = report.Metrics.Learners;
        var executions = learners.Sum(one => one.Executions);
        double[] times = [.. learners.Select(one => one.TimeOnTask).Order()];
        page.Append("<dl>");
        Figure("Learners", Number(learners.Count));
        Figure("Runs", Number(executions));
        Figure("Failed", executions == 0 ? "-" : Share(learners.Sum(one => one.Failures) / (double)executions));
        Figure("Median time on task", times.Length == 0 ? "-" : Minutes(times[times.Length / 2]));
        Figure("Questions", Number(report.Use.Questions));
        Figure("Answers", Number(report.Use.Answers));
        page.Append("</dl>");

        void Figure(string name, string value) => page.Append("<div><dt class=\"muted\">").Append(Text(name)).Append("</dt><dd>").Append(Text(value)).Append("</dd></div>");
    }

    private static void Exercises(StringBuilder page, SessionReport report)
    {
        var known = report.Exercises.Select((exercise, place) => (exercise, place)).ToDictionary(one => one.exercise.Cell);
        Table(page, "Exercises", ["Cell", "n Learners", "n Solved", "n Median attempts", "n Median time to success"],
            report.Metrics.Cells.Where(cell => known.ContainsKey(cell.Cell)).OrderBy(cell => known[cell.Cell].place).Select(cell => new[]
            {
                known[cell.Cell].exercise.Code ?? cell.Cell,
                Number(cell.Learners),
                $"{Number(cell.Solved)} ({Share(cell.Solved / (double)cell.Learners)})",
                cell.MedianAttempts.ToString("0.#", CultureInfo.InvariantCulture),
                cell.MedianTimeToSuccess is { } seconds ? Minutes(seconds) : "-",
            }));
    }

    private static void Learners(StringBuilder page, SessionReport report)
    {
        var questions = report.Use.ByLearner.ToDictionary(one => one.Name, one => one.Count);
        Table(page, "Learners, who met most errors in a row first",
            ["Learner", "n Runs", "n Failed", "n Error Quotient", "n Repeated Error Density", "n Watwin", "n Time on task", "n Solved", "n Questions"],
            report.Metrics.Learners.OrderByDescending(one => one.ErrorQuotient ?? -1).ThenBy(one => one.Learner, StringComparer.Ordinal).Select(one => new[]
            {
                one.Learner[..Math.Min(ShownName, one.Learner.Length)],
                Number(one.Executions),
                Number(one.Failures),
                Decimals(one.ErrorQuotient),
                Decimals(one.RepeatedErrorDensity),
                Decimals(one.Watwin),
                Minutes(one.TimeOnTask),
                Number(one.Cells.Count(cell => cell.TimeToSuccess is not null)),
                Number(questions.GetValueOrDefault(one.Learner)),
            }));
    }

    /// <summary>Columns whose heads begin with "n " are numbers. A table without rows is left out.</summary>
    private static void Table(StringBuilder page, string title, string[] heads, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
        {
            return;
        }

        page.Append("<h2>").Append(Text(title)).Append("</h2><table><thead><tr>");
        foreach (var head in heads)
        {
            page.Append(IsNumber(head) ? "<th class=\"n\">" : "<th>").Append(Text(IsNumber(head) ? head[2..] : head)).Append("</th>");
        }

        page.Append("</tr></thead><tbody>");
        foreach (var row in all)
        {
            page.Append("<tr>");
            for (var i = 0; i < row.Length; i++)
            {
                page.Append(IsNumber(heads[i]) ? "<td class=\"n\">" : "<td>").Append(Text(row[i])).Append("</td>");
            }

            page.Append("</tr>");
        }

        page.Append("</tbody></table>");
    }

    private static bool IsNumber(string head) => head.StartsWith("n ", StringComparison.Ordinal);

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Decimals(double? number) => number?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";

    private static string Share(double share) => share.ToString("P0", CultureInfo.InvariantCulture);

    private static string Minutes(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 60)}:{(int)seconds % 60:D2} min");
}
