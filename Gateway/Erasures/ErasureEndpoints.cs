using Lyceum.Gateway.Accounts;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.Gateway.Erasures;

/// <summary>To be forgotten, by a learner's own wish or through the course's instructors, and the proof of it. The account stays.</summary>
internal static class ErasureEndpoints
{
    public static void AddErasures(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ErasureProofs>();
        builder.Services.AddSingleton<ErasureStore>();
        builder.Services.AddSingleton<Erasing>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Erasing>());
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ErasureJson.Default));
    }

    public static void MapErasures(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/accounts/me/erasure", EraseMeAsync);
        routes.MapPost("/accounts/{id:guid}/erasure", EraseAsync).RequireAuthorization(Policies.Instructor);
        routes.MapGet("/erasures", ListAsync).RequireAuthorization(Policies.Instructor);
        routes.MapGet("/erasures/{id:guid}", FindAsync);
    }

    private static async Task<Accepted<Erasure>> EraseMeAsync(HttpContext context, ErasureStore erasures, Erasing erasing, CancellationToken cancellationToken)
    {
        var caller = context.User.Caller();
        return await BeginAsync(new ErasedPerson(caller.Subject, caller.Learner), caller.Course, "learner", erasures, erasing, cancellationToken);
    }

    private static async Task<Results<Accepted<Erasure>, ProblemHttpResult>> EraseAsync(
        Guid id, HttpContext context, AccountStore accounts, Pseudonyms pseudonyms, ErasureStore erasures, Erasing erasing, CancellationToken cancellationToken)
    {
        var caller = context.User.Caller();
        var isOwner = caller.Roles.Contains(Roles.Owner);
        var account = await accounts.FindByIdAsync(id.ToString(), cancellationToken);
        // Of an account that is gone already, only the owner can say that it was one; the pseudonym is made of the id all the same.
        if (isOwner || (account is not null && account.Course == caller.Course && !account.Roles.Contains(Roles.Instructor)))
        {
            return await BeginAsync(
                new ErasedPerson(id.ToString(), pseudonyms.Of(id.ToString())), account?.Course ?? caller.Course, isOwner ? Roles.Owner : Roles.Instructor, erasures, erasing, cancellationToken);
        }

        return TypedResults.Problem($"Account {id} does not exist in this course, or is not yours to erase.", statusCode: StatusCodes.Status404NotFound);
    }

    private static async Task<Accepted<Erasure>> BeginAsync(
        ErasedPerson who, string course, string requestedBy, ErasureStore erasures, Erasing erasing, CancellationToken cancellationToken)
    {
        var id = await erasures.BeginAsync(who, course, requestedBy, cancellationToken);
        erasing.Hurry();
        return TypedResults.Accepted($"/erasures/{id}", (await erasures.FindAsync(id, cancellationToken))!);
    }

    private static async Task<Ok<ErasureList>> ListAsync(HttpContext context, ErasureStore erasures, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ErasureList(await erasures.ListAsync(context.User.Caller().Course, cancellationToken)));

    private static async Task<Results<Ok<Erasure>, ProblemHttpResult>> FindAsync(Guid id, HttpContext context, ErasureStore erasures, CancellationToken cancellationToken)
    {
        var caller = context.User.Caller();
        return await erasures.FindAsync(id, cancellationToken) is { } erasure
            && (erasure.SubjectHash == ErasureProofs.SubjectHashOf(caller.Learner) || caller.Roles.Contains(Roles.Owner)
                || (caller.Roles.Contains(Roles.Instructor) && erasure.Course == caller.Course))
            ? TypedResults.Ok(erasure)
            : TypedResults.Problem($"There is no erasure {id} that you may see.", statusCode: StatusCodes.Status404NotFound);
    }
}
