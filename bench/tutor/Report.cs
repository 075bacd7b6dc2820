using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Lyceum.TutorBench;

/// <summary>The results as a page.</summary>
internal static class Report
{
    private static readonly string[] Rules = ["answered", "cause", "level", "leak", "instructions", "language", "length", "asks_back"];

    /// <summary>The page of models and what each answered.</summary>
    public static string Write(IReadOnlyList<(string Model, IReadOnlyList<Examined> Results)> models, DateTimeOffset now)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# Tutor, {now:yyyy-MM-dd}\n\n{Cases.All.Count} cases, through ChatService's own turns; {RuntimeInformation.FrameworkDescription}. How it is done: [README](../README.md).\n\n");
        text.Append("| | ").AppendJoin(" | ", models.Select(model => model.Model)).Append(" |\n|---|").AppendJoin("|", models.Select(_ => "---:")).Append("|\n");
        Row("all rules kept", _ => true, result => result.Broken.Count == 0);
        foreach (var language in Cases.All.Select(one => one.Language).Distinct())
        {
            Row($"- {language}", result => result.Case.Language == language, result => result.Broken.Count == 0);
        }

        foreach (var rule in Rules)
        {
            Row(rule, result => Applies(result.Case, rule), result => result.Broken.All(broken => broken.Rule != rule));
        }

        foreach (var (model, results) in models)
        {
            Broken(text, model, results);
        }

        return text.ToString();

        void Row(string title, Func<Examined, bool> counts, Func<Examined, bool> kept)
        {
            text.Append("| ").Append(title).Append(" | ");
            text.AppendJoin(" | ", models.Select(model => model.Results.Where(counts).ToArray()).Select(those => string.Create(CultureInfo.InvariantCulture, $"{those.Count(kept)} of {those.Length}"))).Append(" |\n");
        }
    }

    private static bool Applies(Case one, string rule) => rule switch
    {
        "cause" => one.Asked.Expect?.Cause is { Count: > 0 },
        "language" => one.Asked.Expect?.AnswerLanguage is not null,
        _ => true,
    };

    private static void Broken(StringBuilder text, string model, IReadOnlyList<Examined> results)
    {
        var bad = results.Where(result => result.Broken.Count > 0).ToArray();
        if (bad.Length == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\n## What {model} broke\n\n| case | rules |\n|---|---|\n");
        foreach (var result in bad)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {result.Case.Asked.Id} | {string.Join(", ", result.Broken.Select(broken => broken.Rule))} |\n");
        }
    }
}
