using Lyceum.ServiceDefaults.Identity;
using Lyceum.TelemetryIngest.Formats;
using Lyceum.TelemetryIngest.Logs;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>Events in, from notebooks' extensions and from our own services.</summary>
internal static class EventEndpoints
{
    /// <summary>How often a piece of a log is read anew because another one of the same log came first.</summary>
    private const int MaxTries = 5;

    private static readonly BatchProblem Busy = new(StatusCodes.Status503ServiceUnavailable, "Too many events are waiting to be stored: try again in a moment.");
    private static readonly BatchProblem Away = new(StatusCodes.Status503ServiceUnavailable, "The database is away. Send the same events again in a moment: none will be stored twice.");

    public static void AddEvents(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<EventsOptions>().BindConfiguration("Events").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IntakeBudget>();
        builder.Services.AddSingleton<BatchReader>();
        builder.Services.AddSingleton<LogTable>();
        builder.Services.AddSingleton<EventMetrics>();
        builder.Services.AddSingleton<EventTable>();
        builder.Services.AddSingleton<EventWriter>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<EventWriter>());
    }

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        var limit = routes.ServiceProvider.GetRequiredService<IOptions<EventsOptions>>().Value.MaxBodySize;
        var telemetry = routes.MapGroup("/telemetry").WithMetadata(new RequestSizeLimitAttribute(limit)).RequireAuthorization(Policies.Ingest);
        telemetry.MapPost("/events", IngestAsync);
        // An exporter of pioneer's whose id contains "s3" adds the hour to whatever URL it was given.
        telemetry.MapPost("/events/{year:int}/{month:int}/{day:int}/{hour:int}", IngestAsync);
        telemetry.MapPost("/courses/{course}/events", IngestOfCourseAsync);
    }

    /// <summary>The same, by a sender that says which course it means.</summary>
    private static async Task<Results<Ok<IngestResult>, ProblemHttpResult>> IngestOfCourseAsync(
        string course, HttpContext context, BatchReader reader, EventWriter writer, IntakeBudget budget, CancellationToken cancellationToken) =>
        context.User.Caller() is var caller && (caller.Course == course || caller.Roles.Contains(Roles.Service))
            ? await IngestAsync(context, reader, writer, budget, cancellationToken)
            : Problem(context, new(StatusCodes.Status403Forbidden, $"You may send events of {caller.Course}, not of {course}."));

    private static async Task<Results<Ok<IngestResult>, ProblemHttpResult>> IngestAsync(
        HttpContext context, BatchReader reader, EventWriter writer, IntakeBudget budget, CancellationToken cancellationToken)
    {
        using var share = budget.Open();
        var (body, problem) = await ReceiveAsync(context, share, cancellationToken);
        using (body)
        {
            if (problem is null && body is not null)
            {
                (var result, problem) = await StoreAsync(SentBody.Of(context, body.Bytes), reader, writer, share, cancellationToken);
                if (result is not null)
                {
                    return TypedResults.Ok(result);
                }
            }

            return Problem(context, problem ?? Busy);
        }
    }

    private static async Task<(IngestResult?, BatchProblem?)> StoreAsync(
        SentBody body, BatchReader reader, EventWriter writer, IntakeBudget.Share share, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var (batch, problem) = await reader.ReadAsync(body, share, cancellationToken);
            if (batch is null)
            {
                return (null, problem);
            }

            var outcome = await writer.StoreAsync(batch);
            if (outcome.Status != StoreStatus.Overtaken)
            {
                return (outcome.Result, outcome.Status == StoreStatus.Away ? Away : null);
            }
        }

        return (null, Busy);
    }

    /// <summary>The request's body; neither a body nor a problem when there is no room for its bytes.</summary>
    private static async Task<(ReceivedBody?, BatchProblem?)> ReceiveAsync(HttpContext context, IntakeBudget.Share share, CancellationToken cancellationToken)
    {
        var limit = context.RequestServices.GetRequiredService<IOptions<EventsOptions>>().Value.MaxBodySize;
        if (BodyEncoding.Open(context.Request) is not { } stream)
        {
            context.Response.Headers.AcceptEncoding = BodyEncoding.Taken;
            return (null, new(StatusCodes.Status415UnsupportedMediaType, $"Content-Encoding {context.Request.Headers.ContentEncoding} is not taken, but one of these is: {BodyEncoding.Taken}."));
        }

        try
        {
            return (await ReceivedBody.ReadAsync(stream, context.Request.ContentLength, limit, share, cancellationToken), null);
        }
        catch (Exception failure) when (BodyEncoding.ProblemOf(failure) is { } problem)
        {
            return (null, new(StatusCodes.Status400BadRequest, problem));
        }
        finally
        {
            if (stream != context.Request.Body)
            {
                await stream.DisposeAsync();
            }
        }
    }

    private static ProblemHttpResult Problem(HttpContext context, BatchProblem problem)
    {
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        return TypedResults.Problem(problem.Detail, statusCode: problem.Status);
    }
}
