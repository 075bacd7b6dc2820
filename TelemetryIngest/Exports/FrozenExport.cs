using Lyceum.TelemetryIngest.Studies;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>All that a file of an export is made of, beside the events.</summary>
/// <param name="Id">The export.</param>
/// <param name="Study">The study's id.</param>
/// <param name="Course">The course.</param>
/// <param name="Definition">The study as it was.</param>
/// <param name="Bound">The highest number of an event in it.</param>
/// <param name="Names">The names that are masked.</param>
/// <param name="Key">The key of the study's pseudonyms.</param>
/// <param name="IdPattern">What students' numbers looked like.</param>
/// <param name="IriBase">What IRIs began with.</param>
/// <param name="Subjects">Who is in it, by pseudonym.</param>
internal sealed record FrozenExport(
    Guid Id,
    Guid Study,
    string Course,
    StudyDefinition Definition,
    long Bound,
    IReadOnlyList<string> Names,
    StudyKey Key,
    string IdPattern,
    string IriBase,
    IReadOnlyList<ExportSubject> Subjects);

/// <summary>A learner in an export.</summary>
/// <param name="Subject">The pseudonym in the study.</param>
/// <param name="Learner">The pseudonym that never leaves.</param>
/// <param name="Quasi">The values of the quasi-identifiers.</param>
internal sealed record ExportSubject(string Subject, string Learner, string[] Quasi);
