namespace Lyceum.TelemetryIngest.Activity;

/// <summary>What a class is doing, as far back as the window goes.</summary>
/// <param name="Course">The course's slug.</param>
/// <param name="AsOf">When this was true, UTC.</param>
/// <param name="Window">How far it looks back, an ISO 8601 duration.</param>
/// <param name="Learners">Who was seen: stuck first, then by consecutive failures, then the last seen first.</param>
/// <param name="Errors">The most frequent errors first, at most 20.</param>
/// <param name="Timeline">Equally wide buckets over the whole window, oldest first, empty ones included.</param>
public sealed record ClassActivity(
    string Course,
    DateTimeOffset AsOf,
    string Window,
    IReadOnlyList<LearnerActivity> Learners,
    IReadOnlyList<ErrorActivity> Errors,
    IReadOnlyList<TimelineBucket> Timeline);

/// <summary>What changes about a class beside its learners' rows.</summary>
/// <param name="AsOf">When this was true, UTC.</param>
/// <param name="Errors">As in <see cref="ClassActivity"/>.</param>
/// <param name="Timeline">As in <see cref="ClassActivity"/>.</param>
public sealed record ClassSummary(DateTimeOffset AsOf, IReadOnlyList<ErrorActivity> Errors, IReadOnlyList<TimelineBucket> Timeline);

/// <summary>What one learner is doing.</summary>
/// <param name="Learner">The pseudonym.</param>
/// <param name="LastSeen">The last event, UTC.</param>
/// <param name="Active">Whether that was a moment ago (<c>Activity:ActiveFor</c>).</param>
/// <param name="Stuck">Whether the same error came again and again on one cell (<c>Activity:StuckAfter</c>), or the learner is at work in a cell for longer than nearly all who solved it (<c>Activity:StuckShare</c>); both lately (<c>Activity:StuckFor</c>).</param>
/// <param name="StuckReason">Why, as a sentence; null when not stuck.</param>
/// <param name="Executions">Cells run.</param>
/// <param name="Failures">How many of them failed.</param>
/// <param name="ConsecutiveFailures">How many failed since the last that did not.</param>
/// <param name="Questions">Questions to the tutor.</param>
/// <param name="Notebook">The notebook last worked in; null when no event named one.</param>
/// <param name="LastError">The last failure, solved or not; null without one.</param>
public sealed record LearnerActivity(
    string Learner,
    DateTimeOffset LastSeen,
    bool Active,
    bool Stuck,
    string? StuckReason,
    int Executions,
    int Failures,
    int ConsecutiveFailures,
    int Questions,
    string? Notebook,
    FailedExecution? LastError);

/// <summary>A cell that failed.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Notebook">The notebook's path; null when unknown.</param>
/// <param name="Cell">The cell's id; null when unknown.</param>
/// <param name="Language">The kernel's language; null when unknown.</param>
/// <param name="Code">The code that ran, secrets masked; null when the sender did not say it.</param>
/// <param name="Name">The error's name, such as <c>NameError</c>.</param>
/// <param name="Value">The error's message.</param>
/// <param name="Traceback">Its traceback, without colours, secrets masked.</param>
public sealed record FailedExecution(
    DateTimeOffset Time,
    string? Notebook,
    string? Cell,
    string? Language,
    string? Code,
    string Name,
    string Value,
    IReadOnlyList<string> Traceback);

/// <summary>An error that the class meets.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Count">How often.</param>
/// <param name="Learners">How many learners met it.</param>
/// <param name="Example">The last time.</param>
public sealed record ErrorActivity(string Name, int Count, int Learners, ErrorExample? Example);

/// <summary>One occurrence of an error.</summary>
/// <param name="Value">The error's message.</param>
/// <param name="Code">The code that ran; null when unknown.</param>
/// <param name="Notebook">The notebook's path; null when unknown.</param>
/// <param name="Language">The kernel's language; null when unknown.</param>
public sealed record ErrorExample(string Value, string? Code, string? Notebook, string? Language);

/// <summary>A stretch of time.</summary>
/// <param name="Time">Its start, UTC.</param>
/// <param name="Executions">Cells run in it.</param>
/// <param name="Failures">How many of them failed.</param>
/// <param name="Questions">Questions to the tutor.</param>
public sealed record TimelineBucket(DateTimeOffset Time, int Executions, int Failures, int Questions);
