using Lyceum.ServiceDefaults.Exams;

namespace Lyceum.ChatService.Assignments;

/// <summary>The policies of courses and assignments, for this service and, at <c>/tutor/lockdown</c>, for the others.</summary>
internal sealed class CourseExamPolicy(AssignmentStore assignments, HelpFinder helps) : IExamPolicy
{
    public async ValueTask<bool?> IsOnAsync(string course, string? notebook, CancellationToken cancellationToken) => notebook is null
        ? await assignments.PolicyAsync(course, cancellationToken) is { Lockdown: true }
        : (await helps.FindAsync(course, notebook.Length == 0 ? null : notebook, cancellationToken)).Policy.Lockdown;
}
