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
        var policy = await assignments.PolicyAsync(course, cancellationToken) ?? HelpPolicy.Default;
        return new CourseHelp(policy, await assignments.ListAsync(course, cancellationToken)).For(notebook);
    }
}

/// <summary>A course's policy and assignments.</summary>
internal sealed record CourseHelp(HelpPolicy Policy, IReadOnlyList<Assignment> Assignments)
{
    public Help For(string? notebook)
    {
        var found = notebook is null
            ? null
            : Assignments.Where(one => PathPattern.Matches(one.PathPattern, notebook)).MaxBy(one => PathPattern.Closeness(one.PathPattern));
        var policy = found?.Policy ?? Policy;
        // A question about no notebook may be about the one that is locked.
        var locked = Policy.Lockdown || (notebook is null && Assignments.Any(one => one.Policy?.Lockdown is true));
        var solutions = (found is null ? Assignments : [found]).Select(one => one.ReferenceSolution).OfType<string>();
        return new Help(found, policy with { Lockdown = policy.Lockdown || locked }, [.. solutions]);
    }
}
