using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.Gateway.Accounts;

/// <summary>The people of a course, and who the caller is.</summary>
internal static class AccountEndpoints
{
    private const int MaxNameLength = 100;

    public static void AddAccounts(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("gatewaydb");
        builder.AddDatabaseSchema();
        builder.Services.AddOptions<AccountsOptions>().BindConfiguration("Accounts").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<Pseudonyms>();
        builder.Services.AddSingleton<AccountStore>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            // A context's own policy does not hold through other options.
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, AccountJson.Default);
        });
    }

    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/identity", WhoAmI);

        // For services: what has to be masked in what leaves. It is no path of the routing table, so callers from outside are not asked twice.
        routes.MapGet("/accounts/names", NamesAsync).RequireAuthorization(Policies.Service);

        var accounts = routes.MapGroup("/accounts").RequireAuthorization(Policies.Instructor);
        accounts.MapGet("", ListAsync);
        accounts.MapPost("", CreateAsync);
        accounts.MapDelete("/{id:guid}", DeleteAsync);
    }

    private static Ok<Self> WhoAmI(HttpContext context)
    {
        var caller = context.User.Caller();
        return TypedResults.Ok(new Self(caller.Subject, caller.Name, caller.Course, caller.Roles));
    }

    private static async Task<Ok<AccountList>> ListAsync(HttpContext context, AccountStore accounts, CancellationToken cancellationToken) =>
        TypedResults.Ok(new AccountList(await accounts.ListAsync(context.User.Caller().Course, cancellationToken)));

    private static async Task<Ok<AccountNames>> NamesAsync(string course, AccountStore accounts, CancellationToken cancellationToken) =>
        TypedResults.Ok(new AccountNames([.. (await accounts.ListAsync(course, cancellationToken)).Where(account => account.CreatedAt is not null).Select(account => account.Name)]));

    private static async Task<Results<Created<CreatedAccount>, ValidationProblem, ForbidHttpResult>> CreateAsync(
        NewAccount request, HttpContext context, AccountStore accounts, CancellationToken cancellationToken)
    {
        var name = request.Name?.Trim() ?? "";
        string[] roles = [.. request.Roles is { Count: > 0 } asked ? asked.Distinct() : [Roles.Student]];
        if (Problems(name, roles) is { Count: > 0 } problems)
        {
            return TypedResults.ValidationProblem(problems);
        }

        var caller = context.User.Caller();
        if (roles.Contains(Roles.Instructor) && !caller.Roles.Contains(Roles.Owner))
        {
            return TypedResults.Forbid();
        }

        var (account, token) = await accounts.CreateAsync(name, caller.Course, roles, cancellationToken);
        return TypedResults.Created($"/accounts/{account.Id}", new CreatedAccount(account, token, $"/?token={token}"));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id, HttpContext context, AccountStore accounts, CancellationToken cancellationToken)
    {
        var caller = context.User.Caller();
        return await accounts.DeleteAsync(id, caller.Course, caller.Roles.Contains(Roles.Owner), cancellationToken)
            ? TypedResults.NoContent()
            : TypedResults.Problem($"Account {id} does not exist in this course, or is not yours to delete.", statusCode: StatusCodes.Status404NotFound);
    }

    private static Dictionary<string, string[]> Problems(string name, string[] roles)
    {
        var problems = new Dictionary<string, string[]>();
        if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl))
        {
            problems["name"] = [$"Write a name of 1 to {MaxNameLength} characters."];
        }

        if (roles.Except([Roles.Student, Roles.Instructor]).Any())
        {
            problems["roles"] = [$"Choose from {Roles.Student} and {Roles.Instructor}."];
        }

        return problems;
    }
}
