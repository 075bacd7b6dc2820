using System.Text.Json;
using System.Text.Json.Serialization;
using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Experiments;
using Lyceum.ChatService.Feedback;
using Lyceum.ChatService.People;
using Lyceum.ChatService.Prompts;
using Lyceum.ChatService.Records;
using Lyceum.ChatService.Reports;
using Lyceum.ChatService.Turns;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Storage;
using Microsoft.AspNetCore.Mvc;

namespace Lyceum.ChatService;

[JsonSerializable(typeof(History))]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(RenameRequest))]
[JsonSerializable(typeof(ExportedConversation))]
[JsonSerializable(typeof(HelpPolicy))]
[JsonSerializable(typeof(HelpPolicyBody))]
[JsonSerializable(typeof(PolicyInForce))]
[JsonSerializable(typeof(Lockdown))]
[JsonSerializable(typeof(Assignment))]
[JsonSerializable(typeof(AssignmentBody))]
[JsonSerializable(typeof(AssignmentList))]
[JsonSerializable(typeof(HelpChanges))]
[JsonSerializable(typeof(TurnRecord))]
[JsonSerializable(typeof(AnswerReview))]
[JsonSerializable(typeof(RecordedTurn))]
[JsonSerializable(typeof(TurnList))]
[JsonSerializable(typeof(IReadOnlyList<Source>))]
[JsonSerializable(typeof(HelpBody))]
[JsonSerializable(typeof(PersonMessageBody))]
[JsonSerializable(typeof(HelpConversation))]
[JsonSerializable(typeof(OpenRequests))]
[JsonSerializable(typeof(FeedbackBody))]
[JsonSerializable(typeof(FeedbackGiven))]
[JsonSerializable(typeof(StartRequest))]
[JsonSerializable(typeof(AskRequest))]
[JsonSerializable(typeof(StartedConversation))]
[JsonSerializable(typeof(AnsweredQuestion))]
[JsonSerializable(typeof(ErasureRequest))]
[JsonSerializable(typeof(ErasureResult))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(SessionEvent))]
[JsonSerializable(typeof(DeltaEvent))]
[JsonSerializable(typeof(DoneEvent))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(HttpValidationProblemDetails))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(ExperimentBody))]
[JsonSerializable(typeof(ExperimentList))]
[JsonSerializable(typeof(ExperimentState))]
[JsonSerializable(typeof(IReadOnlyList<ExperimentArm>))]
[JsonSerializable(typeof(PromptBody))]
[JsonSerializable(typeof(PromptInUseBody))]
[JsonSerializable(typeof(PromptList))]
[JsonSerializable(typeof(PromptCaseList))]
[JsonSerializable(typeof(IReadOnlyList<PromptCase>))]
[JsonSerializable(typeof(CourseReport))]
[JsonSerializable(typeof(TutorExposure))]
[JsonSerializable(typeof(QuestionAsked))]
[JsonSerializable(typeof(QuestionAnswered))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ChatJson : JsonSerializerContext
{
    public static void Use(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.TypeInfoResolverChain.Insert(0, Default);
    }
}
