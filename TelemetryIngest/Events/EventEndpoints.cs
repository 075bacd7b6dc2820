using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>Events in, from notebooks' extensions and from our own services.</summary>
internal static class EventEndpoints
{
    private const int MaxDepth = 256;

    public static void AddEvents(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<EventsOptions>().BindConfiguration("Events").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IntakeBudget>();
        builder.Services.AddSingleton<BatchReader>();
        builder.Services.AddSingleton<EventMetrics>();
        builder.Services.AddSingleton<EventTable>();
        builder.Services.AddSingleton<EventWriter>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<EventWriter>());
    }

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        var limit = routes.ServiceProvider.GetRequiredService<IOptions<EventsOptions>>().Value.MaxBodySize;
        var events = routes.MapGroup("/telemetry/events").WithMetadata(new RequestSizeLimitAttribute(limit));
        events.MapPost("", IngestAsync);
        // An exporter of pioneer's whose id contains "s3" adds the hour to whatever URL it was given.
        events.MapPost("/{year:int}/{month:int}/{day:int}/{hour:int}", IngestAsync);
    }

    private static async Task<Results<Ok<IngestResult>, ProblemHttpResult>> IngestAsync(
        HttpContext context, BatchReader reader, EventWriter writer, IntakeBudget budget, CancellationToken cancellationToken)
    {
        if (context.Request.Headers.ContentEncoding is { Count: > 0 } encoding && encoding != "identity")
        {
            return TypedResults.Problem($"Content-Encoding {encoding} is not taken: send the body as it is.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        using var share = budget.Open();
        var (batch, problem) = await ReadAsync(context, reader, share, cancellationToken);
        if (problem is not null)
        {
            return Problem(context, problem);
        }

        var (status, result) = batch is null ? (StoreStatus.Busy, null) : await writer.StoreAsync(batch);
        return status switch
        {
            StoreStatus.Stored => TypedResults.Ok(result),
            StoreStatus.Busy => Problem(context, new(StatusCodes.Status503ServiceUnavailable, "Too many events are waiting to be stored: try again in a moment.")),
            _ => Problem(context, new(StatusCodes.Status503ServiceUnavailable, "The database is away. Send the same events again in a moment: none will be stored twice.")),
        };
    }

    /// <summary>The events of the request; neither a batch nor a problem when there is no room for its bytes.</summary>
    private static async Task<(EventBatch?, BatchProblem?)> ReadAsync(
        HttpContext context, BatchReader reader, IntakeBudget.Share share, CancellationToken cancellationToken)
    {
        using var body = await ReceivedBody.ReadAsync(context.Request, share, cancellationToken);
        if (body is null)
        {
            return (null, null);
        }

        using var document = JsonDocument.Parse(StorableText.From(body.Bytes), new JsonDocumentOptions { MaxDepth = MaxDepth });
        return reader.Read(document.RootElement, context.User.Caller());
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
