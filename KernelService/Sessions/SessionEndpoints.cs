using System.ComponentModel;
using System.Security.Claims;
using Lyceum.KernelService.Errors;
using Lyceum.KernelService.Kernels;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.KernelService.Sessions;

internal static class SessionEndpoints
{
    public static void AddSessions(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<SessionList>();

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/api/sessions");
        sessions.MapGet("", List);
        sessions.MapPost("", CreateAsync);
        sessions.MapGet("{id}", Get);
        sessions.MapPatch("{id}", ChangeAsync);
        sessions.MapDelete("{id}", DeleteAsync);
    }

    private static IResult Unknown(string id) => JupyterError.NotFound($"Session not found: session_id='{id}'");

    private static JsonHttpResult<SessionModel> Answer(Session session, Kernel kernel, int status = StatusCodes.Status200OK) =>
        TypedResults.Json(session.ToModel(kernel), SessionJson.Default.SessionModel, statusCode: status);

    private static JsonHttpResult<IReadOnlyList<SessionModel>> List(ClaimsPrincipal user, SessionList sessions)
    {
        IReadOnlyList<SessionModel> models = [.. sessions.Of(user.Caller()).Select(entry => entry.Session.ToModel(entry.Kernel))];
        return TypedResults.Json(models, SessionJson.Default.IReadOnlyListSessionModel);
    }

    private static IResult Get(string id, ClaimsPrincipal user, SessionList sessions) =>
        sessions.Find(id, user.Caller()) is var (session, kernel) ? Answer(session, kernel) : Unknown(id);

    private static async Task<IResult> CreateAsync(
        HttpRequest request, ClaimsPrincipal user, SessionList sessions, KernelPool pool, CancellationToken cancellationToken)
    {
        var caller = user.Caller();
        var wanted = await RequestBody.ReadAsync(request, SessionJson.Default.SessionRequest, cancellationToken);
        if ((wanted?.Path ?? wanted?.Notebook?.Path) is not { Length: > 0 } path)
        {
            return JupyterError.BadRequest("Missing field in JSON data: path");
        }

        if (sessions.FindPath(path, caller) is var (known, itsKernel))
        {
            return Created(request, known, itsKernel);
        }

        var (kernel, refusal) = await KernelForAsync(wanted!.Kernel, path, caller, pool, cancellationToken);
        if (kernel is null)
        {
            return refusal!;
        }

        var name = wanted.Name ?? wanted.Notebook?.Name ?? path[(path.LastIndexOf('/') + 1)..];
        return Created(request, sessions.Add(caller, path, name, wanted.Type ?? "notebook", kernel), kernel);
    }

    private static async Task<IResult> ChangeAsync(
        string id, HttpRequest request, ClaimsPrincipal user, SessionList sessions, KernelPool pool, CancellationToken cancellationToken)
    {
        var caller = user.Caller();
        if (sessions.Find(id, caller) is not var (session, kernel))
        {
            return Unknown(id);
        }

        var wanted = await RequestBody.ReadAsync(request, SessionJson.Default.SessionRequest, cancellationToken) ?? new SessionRequest();
        var path = wanted.Path ?? wanted.Notebook?.Path ?? session.Path;
        var changed = session with { Path = path, Name = wanted.Name ?? wanted.Notebook?.Name ?? session.Name, Type = wanted.Type ?? session.Type };
        var old = kernel;
        if (wanted.Kernel is { } other && (other.Id is { Length: > 0 } ? other.Id != kernel.Id : other.Name is { Length: > 0 }))
        {
            var (next, refusal) = await KernelForAsync(other, path, caller, pool, cancellationToken);
            if (next is null)
            {
                return refusal!;
            }

            (changed, kernel) = (changed with { KernelId = next.Id }, next);
        }

        sessions.Put(changed);
        if (old != kernel)
        {
            await pool.EndAsync(old);
        }

        return Answer(changed, kernel);
    }

    private static async Task<IResult> DeleteAsync(string id, ClaimsPrincipal user, SessionList sessions, KernelPool pool)
    {
        if (sessions.Find(id, user.Caller()) is not var (session, kernel))
        {
            return Unknown(id);
        }

        sessions.Remove(session);
        await pool.EndAsync(kernel);
        return TypedResults.NoContent();
    }

    private static JsonHttpResult<SessionModel> Created(HttpRequest request, Session session, Kernel kernel)
    {
        request.HttpContext.Response.Headers.Location = $"/api/sessions/{session.Id}";
        return Answer(session, kernel, StatusCodes.Status201Created);
    }

    private static async Task<(Kernel? Kernel, IResult? Refusal)> KernelForAsync(
        SessionKernel? wanted, string path, CallerIdentity caller, KernelPool pool, CancellationToken cancellationToken)
    {
        if (wanted?.Id is { Length: > 0 } id)
        {
            return pool.Find(id, caller) is { } known ? (known, null) : (null, KernelEndpoints.Unknown(id));
        }

        try
        {
            var (kernel, refusal) = await pool.StartAsync(new KernelStart { Name = wanted?.Name, Path = path }, caller, cancellationToken);
            return (kernel, kernel is null ? KernelEndpoints.Refused(refusal, wanted?.Name, pool) : null);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            return (null, KernelEndpoints.Failed(exception));
        }
    }
}
