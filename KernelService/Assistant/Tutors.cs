using Lyceum.NotebookAssistant;
using Lyceum.ServiceDefaults.Discovery;
using Lyceum.ServiceDefaults.Exams;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.KernelService.Assistant;

/// <summary>The tutor at ChatService, for each of a kernel's users.</summary>
internal sealed class Tutors(IHttpClientFactory clients, ServiceEndpoints endpoints, ExamGate exams)
{
    public const string HttpClientName = "tutor";

    private const string Service = "chatservice";

    public ITutor For(CallerIdentity caller) => new Tutor(this, caller);

    private sealed class Tutor(Tutors tutors, CallerIdentity caller) : ITutor
    {
        public async ValueTask<AssistantReply?> RefusalAsync(string? notebook, CancellationToken cancellationToken)
        {
            if (!tutors.IsThere)
            {
                return AssistantReply.Error("NoTutor", "There is no tutor: this service knows no chatservice.");
            }

            // A notebook that nobody named may be the exam's.
            return await tutors.RefusalOfAsync(caller, notebook ?? "", cancellationToken) is { } refusal
                ? AssistantReply.Error(refusal.Status == StatusCodes.Status403Forbidden ? "ExamLockdown" : "TutorUnavailable", refusal.Detail)
                : null;
        }

        public async Task<TutorAnswer> AskAsync(
            Guid? conversation, string question, QuestionContext context, Action<string> onDelta, CancellationToken cancellationToken)
        {
            using var http = tutors.Client();
            return await Api(http, caller).AskAsync(conversation, question, context, onDelta, cancellationToken);
        }

        public async Task<IReadOnlyList<TutorMessage>?> HistoryAsync(Guid conversation, CancellationToken cancellationToken)
        {
            using var http = tutors.Client();
            return await Api(http, caller).HistoryAsync(conversation, cancellationToken);
        }
    }

    private bool IsThere => endpoints.Knows(Service);

    private ValueTask<ExamRefusal?> RefusalOfAsync(CallerIdentity caller, string notebook, CancellationToken cancellationToken) =>
        exams.RefusalAsync(caller, notebook, cancellationToken);

    private HttpClient Client() => clients.CreateClient(HttpClientName);

    // The token that the WebSocket was opened with has expired after minutes; Gateway vouched for its caller then.
    private static TutorApi Api(HttpClient http, CallerIdentity caller) =>
        new(http, new Uri($"http://{Service}"), request => request.SetCaller(caller));
}
