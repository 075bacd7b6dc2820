using System.Text.Json;
using Lyceum.Gateway.Accounts;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.LearningEvents;

namespace Lyceum.Gateway.SignIn;

/// <summary>Tells TelemetryIngest which students signed in and out, by pseudonym. Who teaches the course is not seen in the class for having looked at it.</summary>
internal sealed class SignInEvents(LearningEventSender sender, TimeProvider time)
{
    private static readonly JsonElement ByLink = JsonElement.Parse("""{"by":"link"}""");
    private static readonly JsonElement ByForm = JsonElement.Parse("""{"by":"form"}""");
    private static readonly JsonElement ByInstitution = JsonElement.Parse("""{"by":"institution"}""");

    public void SignedInByLink(Account account) => Send("SignIn", account.Roles, account.Course, account.Learner, ByLink);

    public void SignedInByForm(Account account) => Send("SignIn", account.Roles, account.Course, account.Learner, ByForm);

    public void SignedInAtInstitution(Account account) => Send("SignIn", account.Roles, account.Course, account.Learner, ByInstitution);

    public void SignedOut(CallerIdentity caller) => Send("SignOut", caller.Roles, caller.Course, caller.Learner, null);

    private void Send(string type, IEnumerable<string> roles, string course, string learner, JsonElement? detail)
    {
        if (roles.Any(role => role is Roles.Instructor or Roles.Owner))
        {
            return;
        }

        sender.TrySend(new LearningEvent
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Time = time.GetUtcNow(),
            Type = type,
            Course = course,
            Learner = learner,
            Detail = detail,
        });
    }
}
