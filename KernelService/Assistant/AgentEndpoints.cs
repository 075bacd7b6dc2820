using System.Security.Claims;
using Lyceum.KernelService.Kernels;
using Lyceum.NotebookAssistant;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.KernelService.Assistant;

/// <summary>
/// The tools that ChatService uses in the name of the student who asked on a kernel's channel, and only while that question is being
/// answered: nobody runs code in a kernel by these that did not ask something there.
/// </summary>
internal static class AgentEndpoints
{
    private const int MaxCode = 32 * 1024;
    private const int MaxName = 100;

    public static void MapAgentTools(this IEndpointRouteBuilder routes)
    {
        var tools = routes.MapGroup("/api/kernels/{id}/assistant");
        tools.MapPost("run_code", RunAsync);
        tools.MapPost("show_variable", VariableAsync);
        tools.MapPost("show_columns", ColumnsAsync);
        tools.MapPost("propose_cell", Propose);
    }

    private static async Task<IResult> RunAsync(string id, AgentCode body, KernelPool pool, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        Check(body) ?? (Find(id, pool, user) is var (kernel, question, problem) && question is null
            ? problem!
            : TypedResults.Json(await kernel!.Assistant.Tools.RunAsync(question, body.Code!, cancellationToken), AgentJson.Default.AgentRun));

    private static async Task<IResult> VariableAsync(string id, AgentVariable body, KernelPool pool, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        Check(body) ?? (Find(id, pool, user) is var (kernel, question, problem) && question is null ? problem!
            : await kernel!.Assistant.Tools.VariableAsync(question, body.Name!, cancellationToken) is { } found ? TypedResults.Json(found, AgentJson.Default.AgentValue)
            : None(body.Name!));

    private static async Task<IResult> ColumnsAsync(string id, AgentVariable body, KernelPool pool, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        Check(body) ?? (Find(id, pool, user) is var (kernel, question, problem) && question is null ? problem!
            : await kernel!.Assistant.Tools.ColumnsAsync(question, body.Name!, cancellationToken) is { } found ? TypedResults.Json(found, AgentJson.Default.AgentColumns)
            : None(body.Name!));

    private static IResult Propose(string id, AgentCode body, KernelPool pool, ClaimsPrincipal user)
    {
        if (Check(body) is { } complaint)
        {
            return complaint;
        }

        if (Find(id, pool, user) is var (kernel, question, problem) && question is null)
        {
            return problem!;
        }

        kernel!.Assistant.Tools.Propose(question, body.Code!);
        return TypedResults.NoContent();
    }

    private static (Kernel? Kernel, AssistantRequest? Question, IResult? Problem) Find(string id, KernelPool pool, ClaimsPrincipal user)
    {
        var caller = user.Caller();
        return pool.Find(id, caller) is not { } kernel ? (null, null, KernelEndpoints.Unknown(id))
            : kernel.Assistant.Question is not { } question || question.Asker != caller.Subject
                ? (null, null, Problem(StatusCodes.Status409Conflict, "No question is being answered in this kernel: its tools can be used only meanwhile."))
            : (kernel, question, null);
    }

    private static IResult? Check(AgentCode body) => string.IsNullOrWhiteSpace(body.Code) || body.Code.Length > MaxCode
        ? Problem(StatusCodes.Status422UnprocessableEntity, $"'code' must be code of 1 to {MaxCode} characters.")
        : null;

    private static IResult? Check(AgentVariable body) => string.IsNullOrWhiteSpace(body.Name) || body.Name.Length > MaxName
        ? Problem(StatusCodes.Status422UnprocessableEntity, $"'name' must be the name of a variable, of 1 to {MaxName} characters.")
        : null;

    private static IResult None(string name) =>
        Problem(StatusCodes.Status404NotFound, $"The kernel shows nothing of the name '{name}', or is busy and cannot say.");

    private static IResult Problem(int status, string detail) => Errors.JupyterError.Result(status, detail);
}
