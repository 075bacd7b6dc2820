using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.ChatService.Assignments;

/// <summary>How much the tutor may help.</summary>
/// <param name="MaxHintLevel">The highest step of the hint ladder, 1 to 4: where to look, what is wrong, how to go on, an example.</param>
/// <param name="ShowCode">Whether answers may hold blocks of code.</param>
/// <param name="Lockdown">Whether the tutor answers no question at all, as in an exam.</param>
public sealed record HelpPolicy(int MaxHintLevel, bool ShowCode, bool Lockdown)
{
    /// <summary>What holds where nobody said otherwise.</summary>
    public static HelpPolicy Default { get; } = new(4, ShowCode: true, Lockdown: false);

    /// <summary>Which tools the tutor may use, such as <c>plugin/library</c> or <c>kernel/*</c>; null for the course's plugins.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Tools { get; init; }
}

/// <summary>The body of <c>PUT /tutor/courses/{course}/policy</c>, and the policy of an assignment; what is left out is as by default.</summary>
/// <param name="MaxHintLevel">1 to 4; 4 unless given.</param>
/// <param name="ShowCode">True unless given.</param>
/// <param name="Lockdown">False unless given.</param>
public sealed record HelpPolicyBody(int? MaxHintLevel, bool? ShowCode, bool? Lockdown)
{
    /// <summary>The course's plugins unless given; empty for no tools.</summary>
    public IReadOnlyList<string>? Tools { get; init; }
}

/// <summary>The body of <c>POST /tutor/courses/{course}/assignments</c> and <c>PUT .../{id}</c>.</summary>
/// <param name="Title">One line of 1 to 200 characters.</param>
/// <param name="PathPattern">Which notebooks: a path in which <c>*</c> stands for any part of a name and <c>**</c> for any folders.</param>
/// <param name="Description">What is to be done, as the tutor is told it; at most 20000 characters.</param>
/// <param name="Policy">How much the tutor may help; null for the course's policy.</param>
/// <param name="ReferenceSolution">A solution that answers must not come near; at most 50000 characters, never shown to a model or a student.</param>
/// <param name="Objectives">What is to be learned with it: at most 50 lines of 1 to 300 characters.</param>
public sealed record AssignmentBody(
    string? Title, string? PathPattern, string? Description, HelpPolicyBody? Policy, string? ReferenceSolution, IReadOnlyList<string?>? Objectives = null);

/// <summary>An assignment as instructors see it.</summary>
/// <param name="Id">Its id, a UUIDv7.</param>
/// <param name="Title">Its title.</param>
/// <param name="PathPattern">Which notebooks it is about.</param>
/// <param name="Description">What is to be done.</param>
/// <param name="Policy">Its own policy; null for the course's.</param>
/// <param name="ReferenceSolution">The solution; null without one.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="UpdatedAt">When it was last changed, UTC.</param>
public sealed record Assignment(
    Guid Id,
    string Title,
    string PathPattern,
    string Description,
    HelpPolicy? Policy,
    string? ReferenceSolution,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>What is to be learned with it.</summary>
    public IReadOnlyList<string> Objectives { get; init; } = [];
}

/// <summary>The answer of <c>GET /tutor/courses/{course}/assignments</c>.</summary>
/// <param name="Assignments">The course's assignments by title.</param>
public sealed record AssignmentList(IReadOnlyList<Assignment> Assignments);

/// <summary>The answer of <c>GET /tutor/policy</c>: what holds for the caller in a notebook.</summary>
/// <param name="Assignment">The title of the assignment that the notebook belongs to; null when to none.</param>
/// <param name="Policy">How much the tutor may help.</param>
public sealed record PolicyInForce(string? Assignment, HelpPolicy Policy);

/// <summary>The answer of <c>GET /tutor/lockdown</c>, which other services ask.</summary>
/// <param name="Locked">Whether an exam is on.</param>
public sealed record Lockdown(bool Locked);

/// <summary>A change of what the tutor may do.</summary>
/// <param name="Id">Its id, a UUIDv7.</param>
/// <param name="AssignmentId">The assignment; null for the course's policy.</param>
/// <param name="Actor">The account that made it.</param>
/// <param name="ActorName">Its name at that time.</param>
/// <param name="Action"><c>created</c>, <c>changed</c> or <c>deleted</c>.</param>
/// <param name="Before">What was; of a reference solution only its SHA-256. Null when there was nothing.</param>
/// <param name="After">What is since then; null when there is nothing.</param>
/// <param name="At">When, UTC.</param>
public sealed record HelpChange(Guid Id, Guid? AssignmentId, string Actor, string ActorName, string Action, JsonElement? Before, JsonElement? After, DateTimeOffset At);

/// <summary>The answer of <c>GET /tutor/courses/{course}/audit</c>.</summary>
/// <param name="Changes">A page of changes, newest first.</param>
/// <param name="Next">What to give as <c>before</c> for the next page; null on the last.</param>
public sealed record HelpChanges(IReadOnlyList<HelpChange> Changes, Guid? Next);
