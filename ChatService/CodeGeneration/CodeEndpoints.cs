using System.Security.Claims;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Structured;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Exams;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.CodeGeneration;

/// <summary>Code written by a model, anew or by feedback. A model that fails, or writes no code, is a 424.</summary>
internal static class CodeEndpoints
{
    public static void AddCodeGeneration(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<CodeGenerationOptions>().BindConfiguration("CodeGeneration").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, CodeJson.Default));
        // Starting and ending a kernel bound their waits themselves.
        builder.Services.AddHttpClient(KernelRuns.HttpClientName, http => http.Timeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddSingleton<CodeChecks>();
        builder.Services.AddSingleton<CodeWriter>();
        builder.Services.AddSingleton<CodeStore>();
        builder.Services.AddSingleton<KernelRuns>();
        builder.Services.AddSingleton<SnippetTests>();
    }

    public static void MapCodeGeneration(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/codegen");
        group.MapPost("/generate", GenerateAsync).ClosedInExams();
        group.MapPost("/adjust", AdjustAsync).ClosedInExams();
        group.MapCodeSessions();
    }

    private static async Task<Results<Ok<GeneratedCode>, ProblemHttpResult>> GenerateAsync(
        GenerateCode body, CodeChecks checks, CodeWriter writer, CodeStore store, IOptions<TutorOptions> tutor, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        checks.Check(body) is { } complaint
            ? complaint
            : await KeepAsync(body, feedback: null, store, user.Caller().Subject, body.ModelName ?? tutor.Value.Model, writer.GenerateAsync, cancellationToken);

    private static async Task<Results<Ok<GeneratedCode>, ProblemHttpResult>> AdjustAsync(
        AdjustCode body, CodeChecks checks, CodeWriter writer, CodeStore store, IOptions<TutorOptions> tutor, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        checks.Check(body) is { } complaint
            ? complaint
            : await KeepAsync(
                new GenerateCode(body.ModelName, body.Language, body.OriginalPrompt, body.SessionId), body.FeedbackPrompt, store, user.Caller().Subject, body.ModelName ?? tutor.Value.Model,
                (language, prompt, model, token) => writer.AdjustAsync(language, prompt, body.ReferenceCode!, body.FeedbackPrompt!, model, token), cancellationToken);

    private static async Task<Results<Ok<GeneratedCode>, ProblemHttpResult>> KeepAsync(
        GenerateCode body, string? feedback, CodeStore store, string subject, string model,
        Func<CodeLanguage, string, string, CancellationToken, Task<WrittenCode>> write, CancellationToken cancellationToken)
    {
        var language = CodeLanguage.Find(body.Language)!;
        if (body.SessionId is { } given && await store.FindAsync(subject, given, cancellationToken) is not { } session)
        {
            return CodeProblems.NoSession();
        }

        try
        {
            var written = await write(language, body.OriginalPrompt!, model, cancellationToken);
            if (written.Code is null)
            {
                return CodeProblems.Failed(written.Reason!);
            }

            var id = body.SessionId ?? await store.StartAsync(subject, language, body.OriginalPrompt!, cancellationToken);
            return await store.AddAsync(subject, id, written.Code, body.OriginalPrompt!, feedback, written.Model, cancellationToken) is { } version
                ? TypedResults.Ok(new GeneratedCode(written.Code, id, version, written.Model, $"It was not run. POST /codegen/sessions/{id}/snippets/{version}/test runs it where there is a kernel for {language.Name}."))
                : CodeProblems.SessionFull();
        }
        catch (ModelException failure)
        {
            return CodeProblems.Of(failure, model);
        }
    }
}

internal static class CodeProblems
{
    public static ProblemHttpResult Of(ModelException failure, string model) =>
        failure.IsUnknownModel ? ModelProblems.UnknownModel(model) : Failed($"The model failed: {failure.Message}.");

    public static ProblemHttpResult Failed(string reason) => TypedResults.Problem(reason, statusCode: StatusCodes.Status424FailedDependency);

    public static ProblemHttpResult NoSession() => TypedResults.Problem("There is no such session or version.", statusCode: StatusCodes.Status404NotFound);

    public static ProblemHttpResult SessionFull() =>
        TypedResults.Problem("The session is gone, or takes no further version: begin a new one.", statusCode: StatusCodes.Status409Conflict);
}
