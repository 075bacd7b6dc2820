using System.ComponentModel;
using System.Security.Claims;
using Lyceum.KernelService.Errors;
using Lyceum.KernelService.Kernels;
using Lyceum.KernelService.Replicas;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Replicas;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.KernelService.Sessions;

internal static class SessionEndpoints
{
    public static void AddSessions(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<SessionList>().AddSingleton<PathLocks>();

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/api/sessions");
        sessions.MapGet("", ListAsync);
        sessions.MapPost("", CreateAsync);
        sessions.MapGet("{id}", Get);
        sessions.MapPatch("{id}", ChangeAsync);
        sessions.MapDelete("{id}", DeleteAsync);
    }

    private static IResult Unknown(string id) => JupyterError.NotFound($"Session not found: session_id='{id}'");

    private static JsonHttpResult<SessionModel> Answer(Session session, Kernel kernel, int status = StatusCodes.Status200OK) =>
        TypedResults.Json(session.ToModel(kernel), SessionJson.Default.SessionModel, statusCode: status);

    private static async Task<JsonHttpResult<IReadOnlyList<SessionModel>>> ListAsync(
        HttpRequest request, ClaimsPrincipal user, SessionList sessions, ReplicaListing replicas, CancellationToken cancellationToken)
    {
        IReadOnlyList<SessionModel> models = [.. sessions.Of(user.Caller()).Select(entry => entry.Session.ToModel(entry.Kernel))];
        return TypedResults.Json(
            await replicas.UnionAsync(request, models, SessionJson.Default.IReadOnlyListSessionModel, cancellationToken), SessionJson.Default.IReadOnlyListSessionModel);
    }

    private static IResult Get(string id, ClaimsPrincipal user, SessionList sessions) =>
        sessions.Find(id, user.Caller()) is var (session, kernel) ? Answer(session, kernel) : Unknown(id);

    private static async Task<IResult> CreateAsync(
        HttpRequest request, ClaimsPrincipal user, SessionList sessions, PathLocks locks, KernelPool pool, Replicas.Replicas replicas, ReplicaForwarder forwarder,
        CancellationToken cancellationToken)
    {
        var caller = user.Caller();
        request.EnableBuffering();
        var wanted = await RequestBody.ReadAsync(request, SessionJson.Default.SessionRequest, cancellationToken);
        if ((wanted?.Path ?? wanted?.Notebook?.Path) is not { Length: > 0 } path)
        {
            return JupyterError.BadRequest("Missing field in JSON data: path");
        }

        // A kernel that is there already decides where its session is, else the first that opened the document.
        var other = ReplicaForwarder.HasHopped(request) || sessions.FindPath(path, caller) is not null ? null
            : wanted!.Kernel?.Id is { Length: > 0 } id ? pool.Has(id) ? null : await replicas.ElsewhereAsync(id)
            : await replicas.TryClaimPathAsync(caller.Subject, path);
        if (other is not null)
        {
            request.Body.Position = 0;
            await forwarder.ForwardAsync(request.HttpContext, other);
            return TypedResults.Empty;
        }

        using var turn = await locks.EnterAsync(caller.Subject, path, cancellationToken);
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
        var session = sessions.Add(caller, path, name, wanted.Type ?? "notebook", kernel);
        await replicas.ClaimAsync(ReplicaDirectory.Sessions, session.Id);
        await replicas.ClaimPathAsync(caller.Subject, path);
        return Created(request, session, kernel);
    }

    private static async Task<IResult> ChangeAsync(
        string id, HttpRequest request, ClaimsPrincipal user, SessionList sessions, KernelPool pool, Replicas.Replicas replicas, CancellationToken cancellationToken)
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
        await replicas.ClaimPathAsync(caller.Subject, path);
        if (old != kernel)
        {
            await pool.EndAsync(old);
        }

        return Answer(changed, kernel);
    }

    private static async Task<IResult> DeleteAsync(string id, ClaimsPrincipal user, SessionList sessions, KernelPool pool, Replicas.Replicas replicas)
    {
        if (sessions.Find(id, user.Caller()) is not var (session, kernel))
        {
            return Unknown(id);
        }

        sessions.Remove(session);
        await replicas.ForgetAsync(ReplicaDirectory.Sessions, id);
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
