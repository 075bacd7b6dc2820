using System.Security.Claims;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Structured;
using Lyceum.ChatService.Turns;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Jelai;

/// <summary>JELAI's tutor API (mvallet91/JELAI, middleware), so that its notebook watcher works unchanged.</summary>
internal static class JelaiEndpoints
{
    private const int MaxText = 20_000;
    private const string ChatExtension = ".chat";
    private const string NotebookExtension = ".ipynb";

    public static void AddJelai(this IHostApplicationBuilder builder)
    {
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, JelaiJson.Default));
        builder.Services.AddSingleton<JelaiTurns>();
        builder.Services.AddSingleton<ExpertQueries>();
    }

    public static void MapJelai(this IEndpointRouteBuilder routes)
    {
        var limits = routes.ServiceProvider.GetRequiredService<IOptions<ConversationsOptions>>().Value;
        var students = routes.MapGroup("").WithMetadata(new RequestSizeLimitAttribute(limits.MaxBodyBytes)).RequireAuthorization(Policies.OnBehalf);
        students.MapPost("/receive_student_message", ReceiveAsync);
        students.MapGet("/verify_ta", () => TypedResults.Ok(new AgentState("The tutor agent is working.")));
        // What the expert says has passed no policy: it is for those who write a tutor of their own, not for students.
        var experts = routes.MapGroup("").WithMetadata(new RequestSizeLimitAttribute(limits.MaxBodyBytes)).RequireAuthorization(Policies.Instructor);
        experts.MapPost("/expert_query", AskExpertAsync);
        experts.MapGet("/verify_ea", () => TypedResults.Ok(new AgentState("The expert agent is working.")));
    }

    private static async Task<Results<Ok<TutorReply>, ProblemHttpResult>> ReceiveAsync(
        StudentMessage body, QuestionChecks checks, JelaiTurns turns, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var (student, complaint) = NamedStudents.Of(user.Caller(), body.StudentId);
        var context = new QuestionContext(Notebook(body.FileName), null, null, null, null, Activity: body.ProcessedLogs);
        if (student is null || (complaint = checks.Check("message_text", body.MessageText, context)) is not null)
        {
            return complaint!;
        }

        return await turns.AskAsync(student, body.MessageText!, context, cancellationToken);
    }

    private static async Task<Results<Ok<ExpertReply>, ProblemHttpResult>> AskExpertAsync(
        ExpertQuery body, ExpertQueries experts, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(body.StudentQuestion))
        {
            return ConversationProblems.Invalid("student_question", "It is missing or empty: write the student's question.");
        }

        (string, string?)[] fields =
        [
            ("student_question", body.StudentQuestion), ("assignment_description", body.AssignmentDescription),
            ("learning_objective", body.LearningObjective), ("history", body.History), ("logs", body.Logs),
        ];
        if (fields.FirstOrDefault(field => field.Item2?.Length > MaxText) is { Item1: { } name })
        {
            return ConversationProblems.Invalid(name, $"It is longer than {MaxText} characters.");
        }

        try
        {
            return TypedResults.Ok(new ExpertReply(await experts.AskAsync(user.Caller(), body, cancellationToken)));
        }
        catch (ModelException failure)
        {
            return ModelProblems.Of(failure, experts.Model);
        }
    }

    /// <summary>JELAI names a chat's file after its notebook.</summary>
    private static string? Notebook(string? file) =>
        file?.EndsWith(ChatExtension, StringComparison.OrdinalIgnoreCase) is true ? file[..^ChatExtension.Length] + NotebookExtension : file;
}
