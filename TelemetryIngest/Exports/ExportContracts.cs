using System.Text.Json;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>A study's data at one moment: the same files as often as they are asked for, until it expires or a learner in it withdraws.</summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="Study">The study.</param>
/// <param name="Version">The version of the study that it is of.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="ExpiresAt">UTC; it is destroyed then.</param>
/// <param name="RevokedAt">When a learner in it withdrew or was erased, UTC; its files are no longer given then. Null otherwise.</param>
/// <param name="Report">Who is in it, and who was left out.</param>
/// <param name="Files">Its files.</param>
public sealed record StudyExport(
    Guid Id, Guid Study, int Version, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt, AnonymityReport Report, IReadOnlyList<ExportedFile> Files);

/// <summary>A study's exports, newest first.</summary>
/// <param name="Exports">The exports.</param>
public sealed record StudyExports(IReadOnlyList<StudyExport> Exports);

/// <summary>A file of an export.</summary>
/// <param name="Name">What to ask for.</param>
/// <param name="Path">Where.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Length">Its length in bytes; null until it has been written once.</param>
/// <param name="Sha256">Its SHA-256 as hex; null until it has been written once.</param>
public sealed record ExportedFile(string Name, string Path, string ContentType, long? Length, string? Sha256);

/// <summary>Names that are to be masked beside those of the course's accounts.</summary>
/// <param name="Names">At most 10,000 names of at most 200 characters.</param>
public sealed record NewExport(IReadOnlyList<string>? Names);

/// <summary>How well learners hide among one another (k-anonymity, Sweeney 2002).</summary>
/// <param name="K">How many have to share the same values.</param>
/// <param name="QuasiIdentifiers">Of what.</param>
/// <param name="Consenting">How many learners have consented to the study's version.</param>
/// <param name="Learners">How many of them have events in the study.</param>
/// <param name="Included">How many of those are in classes of at least k.</param>
/// <param name="Suppressed">How many are not, and so are left out.</param>
/// <param name="SuppressedClasses">In how many classes those are.</param>
/// <param name="Smallest">How many learners the smallest class has that is not left out; null when all are.</param>
/// <param name="Classes">The classes that are not left out, the largest first, at most 1000.</param>
public sealed record AnonymityReport(
    int K,
    IReadOnlyList<string> QuasiIdentifiers,
    int Consenting,
    int Learners,
    int Included,
    int Suppressed,
    int SuppressedClasses,
    int? Smallest,
    IReadOnlyList<AnonymityClass> Classes);

/// <summary>Learners with the same values.</summary>
/// <param name="Values">The values, in the order of the quasi-identifiers.</param>
/// <param name="Learners">How many.</param>
public sealed record AnonymityClass(IReadOnlyList<string> Values, int Learners);

/// <summary>An event as it leaves: a line of <c>events.ndjson</c>.</summary>
/// <param name="EventId">A UUID of this study.</param>
/// <param name="Subject">The learner's pseudonym in this study.</param>
/// <param name="Order">Counts the subject's events from 1.</param>
/// <param name="Type">Its type.</param>
/// <param name="Time">When it happened, by the sender's clock, UTC.</param>
/// <param name="ReceivedAt">When it came, by our clock, UTC.</param>
/// <param name="ClockOff">Whether the two are too far apart for the sender's clock to be right.</param>
/// <param name="Notebook">The notebook's path; null when it has none.</param>
/// <param name="Cell">The cell, under a name of this study; null when it has none.</param>
/// <param name="Session">A UUID of this study; null when it has none.</param>
/// <param name="Source"><c>pioneer</c>, <c>batch</c>, or the service that sent it.</param>
/// <param name="Success">Whether an execution ran through; null for everything else.</param>
/// <param name="Code">The cell's code where the event says it.</param>
/// <param name="Detail">What the type says more, scrubbed.</param>
public sealed record ExportedEvent(
    Guid EventId,
    string Subject,
    long Order,
    string Type,
    DateTimeOffset Time,
    DateTimeOffset ReceivedAt,
    bool ClockOff,
    string? Notebook,
    string? Cell,
    Guid? Session,
    string Source,
    bool? Success,
    string? Code,
    JsonElement? Detail)
{
    /// <summary>Of pioneer's report of an execution that KernelService has reported, too: whether that report comes after it. Null for everything else.</summary>
    internal bool? IsReportedLater { get; init; }
}
