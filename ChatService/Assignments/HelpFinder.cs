namespace Lyceum.ChatService.Assignments;

/// <summary>What the tutor may do for a question.</summary>
/// <param name="Assignment">The assignment that its notebook belongs to; null when to none.</param>
/// <param name="Policy">How much help there may be.</param>
/// <param name="Solutions">The solutions that an answer must not come near.</param>
internal sealed record Help(Assignment? Assignment, HelpPolicy Policy, IReadOnlyList<string> Solutions);

/// <summary>
/// Finds an assignment and its policy by the notebook's path. The path is the student's word: a question that names no notebook of
/// an assignment is kept from the solutions of all of them, and an exam is locked for the course, not for a notebook.
/// </summary>
internal sealed class HelpFinder(AssignmentStore assignments)
{
    public async Task<Help> FindAsync(string course, string? notebook, CancellationToken cancellationToken)
    {
        var ofCourse = await assignments.PolicyAsync(course, cancellationToken) ?? HelpPolicy.Default;
        var all = await assignments.ListAsync(course, cancellationToken);
        var found = notebook is null
            ? null
            : all.Where(one => PathPattern.Matches(one.PathPattern, notebook)).MaxBy(one => PathPattern.Closeness(one.PathPattern));
        var policy = found?.Policy ?? ofCourse;
        // A question about no notebook may be about the one that is locked.
        var locked = ofCourse.Lockdown || (notebook is null && all.Any(one => one.Policy?.Lockdown is true));
        var solutions = (found is null ? all : [found]).Select(one => one.ReferenceSolution).OfType<string>();
        return new Help(found, policy with { Lockdown = policy.Lockdown || locked }, [.. solutions]);
    }
}
