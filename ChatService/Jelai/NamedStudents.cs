using Lyceum.ChatService.Conversations;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.Jelai;

/// <summary>
/// For whom a message is. Who signs in as a student asks for themselves, whatever the message says. A course's ingest key and an
/// instructor's token may name students of that course; those get the pseudonyms that events get which name them the same way, and
/// are never the holder of an account.
/// </summary>
internal static class NamedStudents
{
    private const int MaxName = 256;
    private const string Prefix = "named:";

    /// <summary>Whether somebody else speaks for the caller, who has no account.</summary>
    public static bool IsNamed(CallerIdentity caller) => caller.Subject.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The student, or what is wrong with the name.</summary>
    public static (CallerIdentity? Student, ProblemHttpResult? Complaint) Of(CallerIdentity caller, string? name)
    {
        if (caller.Source is not { } source)
        {
            return (caller, null);
        }

        name = name?.Trim() ?? "";
        if (name.Length is 0 or > MaxName)
        {
            return (null, ConversationProblems.Invalid("student_id", $"It must be the student's name or number, 1 to {MaxName} characters: this key belongs to nobody."));
        }

        var learner = source.PseudonymOf(name);
        return (new CallerIdentity($"{Prefix}{caller.Course}/{learner}", "Student", learner, caller.Course, [Roles.Student]), null);
    }
}
