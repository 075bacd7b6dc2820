using System.Text.Json.Serialization;

namespace Lyceum.ChatService.Jelai;

/// <summary>The body of JELAI's <c>POST /receive_student_message</c>.</summary>
/// <param name="StudentId">Who asks, as the sender names the student; at most 256 characters. Counts only where the key may name students.</param>
/// <param name="MessageText">The student's words; required.</param>
/// <param name="ProcessedLogs">What the student did of late, as lines of text; null when unknown.</param>
/// <param name="FileName">The chat's file, named after its notebook; null when unknown.</param>
public sealed record StudentMessage(string? StudentId, string? MessageText, string? ProcessedLogs, string? FileName);

/// <summary>JELAI's answer to a student's message.</summary>
/// <param name="FinalResponse">The tutor's words.</param>
public sealed record TutorReply(string FinalResponse);

/// <summary>The body of JELAI's <c>POST /expert_query</c>; all of it is text, at most 20000 characters each.</summary>
/// <param name="StudentQuestion">The student's words; required.</param>
/// <param name="AssignmentDescription">What is to be done.</param>
/// <param name="LearningObjective">What the question is about, among what is to be learned.</param>
/// <param name="History">What was said before.</param>
/// <param name="Logs">What the student did of late.</param>
/// <param name="SessionId">The caller's name for the conversation; not used.</param>
public sealed record ExpertQuery(
    string? StudentQuestion, string? AssignmentDescription, string? LearningObjective, string? History, string? Logs, string? SessionId);

/// <summary>JELAI's answer to an expert query.</summary>
/// <param name="Response">The technical facts.</param>
public sealed record ExpertReply(string Response);

/// <summary>JELAI's answer to <c>GET /verify_ta</c> and <c>GET /verify_ea</c>.</summary>
/// <param name="Message">That the agent is there.</param>
public sealed record AgentState(string Message);

[JsonSerializable(typeof(StudentMessage))]
[JsonSerializable(typeof(TutorReply))]
[JsonSerializable(typeof(ExpertQuery))]
[JsonSerializable(typeof(ExpertReply))]
[JsonSerializable(typeof(AgentState))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class JelaiJson : JsonSerializerContext;
