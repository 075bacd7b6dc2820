using Lyceum.TelemetryIngest.Storage;
using Npgsql;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>Keeps a learner from being erased while something of theirs is derived; taking events in does not wait for it.</summary>
internal static class LearnerHold
{
    // Before any row of a derived table: an erasure locks the learner first, too, and waits for neither at the other's back.
    private const string Take = "SELECT FROM learners WHERE course = $1 AND learner = $2 FOR KEY SHARE";

    /// <summary>Holds the learner until the connection's transaction ends; false if there is none.</summary>
    public static async Task<bool> TakeAsync(NpgsqlConnection connection, string course, string learner, CancellationToken cancellationToken) =>
        (await connection.ReadAsync(Take, _ => true, cancellationToken, course, learner)).Count > 0;
}
