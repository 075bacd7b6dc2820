using System.Text.Json;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Exams;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Structured;

internal static class StructuredEndpoints
{
    private const string ModelHeader = "X-Lyceum-Model";
    private const string AttemptsHeader = "X-Lyceum-Attempts";
    private const int MaxEcho = 2_000;

    public static void AddStructured(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<StructuredOptions>().BindConfiguration("Structured").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, StructuredJson.Default));
        builder.Services.AddSingleton<StructuredChecks>();
        builder.Services.AddSingleton<StructuredAnswers>();
    }

    public static void MapStructured(this IEndpointRouteBuilder routes)
    {
        var limits = routes.ServiceProvider.GetRequiredService<IOptions<StructuredOptions>>().Value;
        routes.MapPost("/llm/structured", AskAsync).WithMetadata(new RequestSizeLimitAttribute(limits.MaxBodyBytes)).ClosedInExams();
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> AskAsync(
        StructuredRequest body, HttpResponse response, StructuredChecks checks, StructuredAnswers answers, IOptions<TutorOptions> tutor, CancellationToken cancellationToken)
    {
        var (schema, complaint) = checks.Read(body.Schema);
        if (schema is null || (complaint = StructuredChecks.Check(body.Messages, body.Model)) is not null)
        {
            return complaint!;
        }

        var model = body.Model ?? tutor.Value.Model;
        try
        {
            var messages = body.Messages!.Select(message => new ChatMessage(new ChatRole(message.Role!), message.Content)).ToArray();
            var answer = await answers.AskAsync(schema, messages, model, cancellationToken);
            response.Headers[ModelHeader] = answer.Model;
            response.Headers[AttemptsHeader] = $"{answer.Attempts}";
            return answer.IsValid ? TypedResults.Text(answer.Value!.Value.GetRawText(), "application/json") : Invalid(answer);
        }
        catch (ModelException failure)
        {
            return ModelProblems.Of(failure, model);
        }
    }

    private static ProblemHttpResult Invalid(StructuredAnswer answer) => TypedResults.Problem(
        $"The model's answer is not valid against the schema, after {answer.Attempts} attempts.",
        statusCode: StatusCodes.Status422UnprocessableEntity,
        type: "urn:lyceum:structured:invalid",
        extensions:
        [
            new("errors", JsonSerializer.SerializeToElement(answer.Errors, StructuredJson.Default.IReadOnlyListValidationError)),
            new("answer", answer.Value?.GetRawText() is { Length: > MaxEcho } text ? text[..MaxEcho] : answer.Value?.GetRawText()),
        ]);
}
