namespace Lyceum.TelemetryIngest.Studies;

/// <summary>
/// What of a learner's data somebody might know from elsewhere, and so find the learner by (Sweeney 2002,
/// https://doi.org/10.1142/S0218488502001648). Each is computed from the learner's events in the study.
/// </summary>
internal static class QuasiIdentifiers
{
    /// <summary>By name, the value of a learner's events as text.</summary>
    private static readonly Dictionary<string, string> Expressions = new()
    {
        ["first_day"] = "to_char(min(live_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
        ["last_day"] = "to_char(max(live_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
        ["active_days"] = "count(DISTINCT (live_at AT TIME ZONE 'UTC')::date)::text",
        ["notebooks"] = "count(DISTINCT notebook)::text",
        ["languages"] = "coalesce(string_agg(DISTINCT detail ->> 'language', '+' ORDER BY detail ->> 'language'), '')",
        ["asked_tutor"] = "bool_or(type = 'TutorQuestion')::text",
        ["volume"] = "'2^' || floor(log(2, count(*)))::text",
    };

    /// <summary>Those that there are.</summary>
    public static IReadOnlyCollection<string> Names => Expressions.Keys;

    /// <summary>Those that are dates.</summary>
    public static IReadOnlyCollection<string> OfDates => ["first_day", "last_day"];

    /// <summary>The expression of an array of them, of a learner's events.</summary>
    public static string ArrayOf(IEnumerable<string> names) => $"ARRAY[{string.Join(", ", names.Select(name => Expressions[name]))}]::text[]";
}
