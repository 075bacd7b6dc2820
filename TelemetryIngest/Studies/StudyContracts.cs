namespace Lyceum.TelemetryIngest.Studies;

/// <summary>What a study is about and what of it may leave, as it is asked for; see <see cref="StudyDefinition"/>.</summary>
/// <param name="Title">1 to 200 characters.</param>
/// <param name="Information">The text that learners consent to, 1 to 20,000 characters.</param>
/// <param name="From">RFC 3339.</param>
/// <param name="To">RFC 3339, after <paramref name="From"/>.</param>
/// <param name="EventTypes">1 to 100 types.</param>
/// <param name="QuasiIdentifiers">Some of <see cref="QuasiIdentifiers.Names"/>; none when absent.</param>
/// <param name="K">2 to 1000; 5 when absent.</param>
/// <param name="RelativeTimes">False when absent.</param>
/// <param name="KeepUntil">RFC 3339, after <paramref name="To"/>; a year after it when absent.</param>
public sealed record StudyDraft(
    string? Title,
    string? Information,
    DateTimeOffset? From,
    DateTimeOffset? To,
    IReadOnlyList<string>? EventTypes,
    IReadOnlyList<string>? QuasiIdentifiers,
    int? K,
    bool? RelativeTimes,
    DateTimeOffset? KeepUntil);

/// <summary>What a study is about and what of it may leave.</summary>
/// <param name="Title">Its name.</param>
/// <param name="Information">The text that learners consent to.</param>
/// <param name="From">Events from then on, by the live clock, UTC.</param>
/// <param name="To">Events before then, UTC.</param>
/// <param name="EventTypes">Events of these types.</param>
/// <param name="QuasiIdentifiers">What of a learner somebody might know from elsewhere.</param>
/// <param name="K">How many learners at least have to share the same values of the quasi-identifiers; others are left out.</param>
/// <param name="RelativeTimes">Whether every learner's times are moved so that the first event is at 2000-01-01T00:00:00Z: without it, times link a learner's data in two studies.</param>
/// <param name="KeepUntil">When the study ends, UTC: its pseudonyms' key and its exports are destroyed then.</param>
public sealed record StudyDefinition(
    string Title,
    string Information,
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<string> EventTypes,
    IReadOnlyList<string> QuasiIdentifiers,
    int K,
    bool RelativeTimes,
    DateTimeOffset KeepUntil);

/// <summary>A study of a course.</summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="Course">The course.</param>
/// <param name="Version">Counts the definitions from 1; a consent is to one of them.</param>
/// <param name="Definition">The one that holds.</param>
/// <param name="Consenting">How many learners have consented to this version.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="EndedAt">UTC; null while it goes on.</param>
public sealed record Study(Guid Id, string Course, int Version, StudyDefinition Definition, int Consenting, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);

/// <summary>A course's studies, newest first.</summary>
/// <param name="Studies">The studies.</param>
public sealed record StudyList(IReadOnlyList<Study> Studies);

/// <summary>A study as a learner is asked about it.</summary>
/// <param name="Id">The study.</param>
/// <param name="Version">What a consent is to.</param>
/// <param name="Title">Its name.</param>
/// <param name="Information">What the learner consents to.</param>
/// <param name="From">Events from then on, UTC.</param>
/// <param name="To">Events before then, UTC.</param>
/// <param name="EventTypes">Events of these types.</param>
/// <param name="KeepUntil">When it ends, UTC.</param>
/// <param name="Consent">The learner's last decision; null when there is none.</param>
public sealed record OfferedStudy(
    Guid Id, int Version, string Title, string Information, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<string> EventTypes, DateTimeOffset KeepUntil, Consent? Consent);

/// <summary>The studies that a learner is asked about, newest first.</summary>
/// <param name="Studies">The studies.</param>
public sealed record OfferedStudies(IReadOnlyList<OfferedStudy> Studies);

/// <summary>A learner's decision.</summary>
/// <param name="Version">The version of the study that it is about.</param>
/// <param name="Given">True: consented; false: refused or withdrawn.</param>
/// <param name="At">When, UTC.</param>
public sealed record Consent(int Version, bool Given, DateTimeOffset At);

/// <summary>What a learner decides.</summary>
/// <param name="Version">The version of the study that the learner has read.</param>
/// <param name="Given">True to consent, false to refuse or withdraw.</param>
public sealed record ConsentDecision(int? Version, bool? Given);

/// <summary>Who did what with a study, newest first.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Next">What to give as <c>before</c> for the next page; null on the last.</param>
public sealed record AccessLogPage(IReadOnlyList<AccessEntry> Entries, long? Next);

/// <summary>An entry of the access log.</summary>
/// <param name="Number">Its number.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Actor">The account's id.</param>
/// <param name="ActorName">The account's name then.</param>
/// <param name="Action"><c>created</c>, <c>changed</c>, <c>ended</c>, <c>reported</c>, <c>exported</c> or <c>downloaded</c>.</param>
/// <param name="Export">The export; null where there is none.</param>
/// <param name="File">The file, with the range where only a part was asked for; null where there is none.</param>
public sealed record AccessEntry(long Number, DateTimeOffset At, string Actor, string ActorName, string Action, Guid? Export, string? File);
