using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ServiceDefaults.Exams;

/// <summary>What an exam means, for all services alike.</summary>
public static class ExamRule
{
    /// <summary>What a student reads who asks a model in an exam.</summary>
    public const string Closed = "The tutor and the models are closed here while the exam is on. If something is broken or unclear, ask your instructor.";

    /// <summary>What a refusal is called in the learning event <c>PolicyDecision</c>.</summary>
    public const string Decision = "exam_closed";

    /// <summary>Whether an exam binds the caller: everybody in it but those who hold it, and our services acting for themselves.</summary>
    public static bool Binds(CallerIdentity caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return !caller.Roles.Any(role => role is Roles.Owner or Roles.Instructor or Roles.Service);
    }
}

/// <summary>Why a caller is not helped now.</summary>
/// <param name="Status">The HTTP status: 403 in an exam, 503 while nobody can tell whether there is one.</param>
/// <param name="Detail">The reason, for the student.</param>
public sealed record ExamRefusal(int Status, string Detail);

/// <summary>Where the policy of a course is known: its database, or the service that has it.</summary>
public interface IExamPolicy
{
    /// <summary>Whether an exam is on.</summary>
    /// <param name="course">The course's slug.</param>
    /// <param name="notebook">The notebook that the question is about; empty when that is not known; null to ask about the course as a whole.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when it cannot be told.</returns>
    ValueTask<bool?> IsOnAsync(string course, string? notebook, CancellationToken cancellationToken);
}
