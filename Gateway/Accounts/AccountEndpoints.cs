using System.Text.Json;
using System.Text.RegularExpressions;
using Lyceum.Gateway.Institution;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Lyceum.Gateway.Accounts;

/// <summary>The people of a course, and who the caller is.</summary>
internal static partial class AccountEndpoints
{
    public const int MaxNameLength = 100;
    private const int MaxAtOnce = 1000;
    private const string LoginIsTaken = "Somebody has this login already, here or in another course.";

    private static readonly string LoginIsNone = $"Write what the institution calls the person, an e-mail address as a rule: at most {Login.MaxLength} characters, without spaces.";

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
        accounts.MapPost("/batch", CreateAllAsync);
        accounts.MapPost("/{id:guid}/token", RenewTokenAsync);
        accounts.MapPut("/{id:guid}/login", ChangeLoginAsync);
        accounts.MapDelete("/{id:guid}", DeleteAsync);
    }

    private static Ok<Self> WhoAmI(HttpContext context)
    {
        var caller = context.User.Caller();
        return TypedResults.Ok(new Self(caller.Subject, caller.Name, caller.Course, caller.Roles));
    }

    private static async Task<Results<Ok<AccountList>, ForbidHttpResult>> ListAsync(
        string? course, HttpContext context, AccountStore accounts, IOptions<OidcOptions> institution, CancellationToken cancellationToken)
    {
        var caller = context.User.Caller();
        var asked = string.IsNullOrEmpty(course) ? caller.Course : course;
        return asked == caller.Course || IsOwner(caller)
            ? TypedResults.Ok(new AccountList(await accounts.ListAsync(asked, cancellationToken), institution.Value.OfferedName))
            : TypedResults.Forbid();
    }

    private static async Task<Ok<AccountNames>> NamesAsync(string course, AccountStore accounts, CancellationToken cancellationToken) =>
        TypedResults.Ok(new AccountNames([.. (await accounts.ListAsync(course, cancellationToken)).Where(account => account.CreatedAt is not null).Select(account => account.Name)]));

    private static async Task<Results<Created<CreatedAccount>, ValidationProblem, ForbidHttpResult>> CreateAsync(
        NewAccount request, HttpContext context, AccountStore accounts, CancellationToken cancellationToken)
    {
        var caller = context.User.Caller();
        var person = Read(request, caller);
        if (Problems(person, "") is { Count: > 0 } problems)
        {
            return TypedResults.ValidationProblem(problems);
        }

        if (!MayMake(caller, person))
        {
            return TypedResults.Forbid();
        }

        if (await accounts.CreateAsync([person], cancellationToken) is not { AreAll: true, Created: [var made] })
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["login"] = [LoginIsTaken] });
        }

        var created = Shown(made);
        return TypedResults.Created($"/accounts/{created.Account.Id}", created);
    }

    private static async Task<Results<Ok<CreatedAccounts>, ValidationProblem, ForbidHttpResult>> CreateAllAsync(
        NewAccounts request, HttpContext context, AccountStore accounts, CancellationToken cancellationToken)
    {
        var caller = context.User.Caller();
        PersonToAdd[] people = [.. (request.Accounts ?? []).Select(one => Read(one, caller))];
        var problems = people.Length is 0 or > MaxAtOnce
            ? new Dictionary<string, string[]> { ["accounts"] = [$"Write 1 to {MaxAtOnce} accounts."] }
            : people.SelectMany((one, index) => Problems(one, $"accounts[{index}].")).ToDictionary();
        if (problems.Count > 0)
        {
            return TypedResults.ValidationProblem(problems);
        }

        if (!people.All(one => MayMake(caller, one)))
        {
            return TypedResults.Forbid();
        }

        var (created, areAll) = await accounts.CreateAsync(people, cancellationToken);
        return areAll
            ? TypedResults.Ok(new CreatedAccounts([.. created.Select(Shown)]))
            : TypedResults.ValidationProblem(new Dictionary<string, string[]> { [$"accounts[{created.Count}].login"] = [LoginIsTaken] });
    }

    private static async Task<Results<Ok<CreatedAccount>, ProblemHttpResult>> RenewTokenAsync(
        Guid id, HttpContext context, AccountStore accounts, CancellationToken cancellationToken) =>
        await accounts.RenewTokenAsync(id, CourseToChange(context), cancellationToken) is { } renewed
            ? TypedResults.Ok(Shown(renewed))
            : TypedResults.Problem($"Account {id} does not exist in this course, or its token is not yours to renew.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Account>, ValidationProblem, ProblemHttpResult>> ChangeLoginAsync(
        Guid id, NewLogin request, HttpContext context, AccountStore accounts, CancellationToken cancellationToken)
    {
        if (!IsLogin(request.Login))
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["login"] = [LoginIsNone] });
        }

        var changed = await accounts.ChangeLoginAsync(id, CourseToChange(context), Login.Read(request.Login), cancellationToken);
        return changed.IsTaken ? TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["login"] = [LoginIsTaken] })
            : changed.Account is { } account ? TypedResults.Ok(account)
            : TypedResults.Problem($"Account {id} does not exist in this course, or its login is not yours to change.", statusCode: StatusCodes.Status404NotFound);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id, HttpContext context, AccountStore accounts, CancellationToken cancellationToken) =>
        await accounts.DeleteAsync(id, CourseToChange(context), cancellationToken)
            ? TypedResults.NoContent()
            : TypedResults.Problem($"Account {id} does not exist in this course, or is not yours to delete.", statusCode: StatusCodes.Status404NotFound);

    /// <summary>Where the caller may change accounts; null for everywhere.</summary>
    private static string? CourseToChange(HttpContext context) => context.User.Caller() is var caller && IsOwner(caller) ? null : caller.Course;

    private static bool IsOwner(CallerIdentity caller) => caller.Roles.Contains(Roles.Owner);

    private static bool MayMake(CallerIdentity caller, PersonToAdd person) =>
        IsOwner(caller) || (person.Course == caller.Course && !person.Roles.Contains(Roles.Instructor));

    private static CreatedAccount Shown((Account Account, string Token) made) => new(made.Account, made.Token, $"/?token={made.Token}");

    private static PersonToAdd Read(NewAccount? request, CallerIdentity caller) => new(
        request?.Name?.Trim() ?? "",
        string.IsNullOrEmpty(request?.Course) ? caller.Course : request.Course,
        [.. request?.Roles is { Count: > 0 } asked ? asked.Distinct() : [Roles.Student]],
        IsLogin(request?.Login) ? Login.Read(request?.Login) : request!.Login);

    /// <summary>Whether it is a login, or says that there is none.</summary>
    private static bool IsLogin(string? text) => string.IsNullOrWhiteSpace(text) || Login.Read(text) is not null;

    private static Dictionary<string, string[]> Problems(PersonToAdd person, string prefix)
    {
        var problems = new Dictionary<string, string[]>();
        if (person.Name.Length is 0 or > MaxNameLength || person.Name.Any(char.IsControl))
        {
            problems[$"{prefix}name"] = [$"Write a name of 1 to {MaxNameLength} characters."];
        }

        if (!CourseSlug().IsMatch(person.Course))
        {
            problems[$"{prefix}course"] = ["Write lower-case letters, digits and hyphens, at most 63."];
        }

        if (person.Roles.Except([Roles.Student, Roles.Instructor]).Any())
        {
            problems[$"{prefix}roles"] = [$"Choose from {Roles.Student} and {Roles.Instructor}."];
        }

        if (!IsLogin(person.Login))
        {
            problems[$"{prefix}login"] = [LoginIsNone];
        }

        return problems;
    }

    [GeneratedRegex(AccountsOptions.CoursePattern)]
    private static partial Regex CourseSlug();
}
