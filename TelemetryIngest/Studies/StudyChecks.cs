using System.Text.RegularExpressions;

namespace Lyceum.TelemetryIngest.Studies;

/// <summary>Judges what a study is to be.</summary>
internal static partial class StudyChecks
{
    private const int MaxTitle = 200;
    private const int MaxInformation = 20_000;
    private const int MaxTypes = 100;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    /// <summary>The definition, or what is wrong about which field.</summary>
    public static StudyDefinition? Read(StudyDraft draft, Dictionary<string, string[]> problems)
    {
        var title = Text(draft.Title, MaxTitle, "title");
        var information = Text(draft.Information, MaxInformation, "information");
        string[] types = [.. (draft.EventTypes ?? []).Distinct().Order(StringComparer.Ordinal)];
        string[] quasi = [.. (draft.QuasiIdentifiers ?? []).Distinct()];
        if (types.Length is 0 or > MaxTypes || !types.All(type => type is not null && EventType().IsMatch(type)))
        {
            problems["event_types"] = [$"Name 1 to {MaxTypes} types of events, such as CellExecute."];
        }

        if (quasi.Except(QuasiIdentifiers.Names).Any())
        {
            problems["quasi_identifiers"] = [$"Choose from {string.Join(", ", QuasiIdentifiers.Names)}."];
        }

        if (draft.RelativeTimes == true && quasi.Intersect(QuasiIdentifiers.OfDates).Any())
        {
            problems["relative_times"] = [$"Leave out {string.Join(" and ", QuasiIdentifiers.OfDates)}: an export says quasi-identifiers, and so the days that relative times are to hide."];
        }

        if (draft.K is < 2 or > 1000)
        {
            problems["k"] = ["Write a number from 2 to 1000."];
        }

        if (draft.From is not { } from || draft.To is not { } to || from >= to)
        {
            problems[draft.From is null ? "from" : "to"] = ["Write two times in RFC 3339, 'to' after 'from'."];
        }
        else if ((draft.KeepUntil ?? to + Kept) is var kept && kept <= to)
        {
            problems["keep_until"] = ["Write a time after 'to'."];
        }
        else if (problems.Count == 0)
        {
            return new StudyDefinition(title, information, Utc(from), Utc(to), types, quasi, draft.K ?? 5, draft.RelativeTimes ?? false, Utc(kept));
        }

        return null;

        string Text(string? text, int length, string field)
        {
            text = text?.Trim() ?? "";
            if (text.Length == 0 || text.Length > length || text.Contains('\0', StringComparison.Ordinal))
            {
                problems[field] = [$"Write 1 to {length} characters."];
            }

            return text;
        }
    }

    /// <summary>What PostgreSQL keeps of a time: microseconds.</summary>
    private static DateTimeOffset Utc(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]
    private static partial Regex EventType();
}
