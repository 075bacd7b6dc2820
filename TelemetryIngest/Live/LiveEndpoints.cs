using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.TelemetryIngest.Activity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.TelemetryIngest.Live;

/// <summary>
/// What a class is doing, as server-sent events: <c>activity</c> first, then <c>learner</c> and <c>summary</c> as they change, and
/// <c>derived</c> when what is derived of the events is up to date.
/// </summary>
internal static class LiveEndpoints
{
    public static void AddLive(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<LiveOptions>().BindConfiguration("Live").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<CourseWatches>();
        builder.Services.AddHostedService<ChangeFeed>();
    }

    public static void MapLive(this IEndpointRouteBuilder routes) => routes.MapCourse("/telemetry").MapGet("/activity/stream", StreamAsync);

    private static async Task<Results<ServerSentEventsResult<string>, ProblemHttpResult>> StreamAsync(
        string course, string? window, HttpContext context, CourseWatches watches, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        if (!ActivityWindow.TryParse(window, out var asked))
        {
            return TypedResults.Problem(ActivityWindow.Problem, statusCode: StatusCodes.Status400BadRequest);
        }

        if (watches.Join(course, asked) is not { } watching)
        {
            context.Response.Headers.RetryAfter = "5";
            return TypedResults.Problem("Too many live views are open.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        context.Response.OnCompleted(() =>
        {
            watching.Leave();
            return Task.CompletedTask;
        });
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, cancellationToken);
        await watching.Subscription.Ready.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return TypedResults.Problem("The service stops: try again in a moment.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        await watching.Subscription.Ready.WaitAsync(cancellationToken);
        return TypedResults.ServerSentEvents(ReadAsync(watching.Subscription, lifetime.ApplicationStopping, cancellationToken));
    }

    /// <summary>Ends when the client goes or the service stops, neither of which is an error.</summary>
    private static async IAsyncEnumerable<SseItem<string>> ReadAsync(
        Subscription subscription, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        await using var items = subscription.ReadAsync(either.Token).GetAsyncEnumerator(either.Token);
        while (await MoveNextAsync(items))
        {
            yield return items.Current;
        }
    }

    private static async Task<bool> MoveNextAsync(IAsyncEnumerator<SseItem<string>> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
