using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.KernelService.Accounts;

/// <summary>Has a request work with the caller's files in the name of the caller's account.</summary>
internal sealed class CallersRights(Workspaces.Workspaces workspaces) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var workspace = await workspaces.OfAsync(context.HttpContext.User.Caller(), context.HttpContext.RequestAborted);
        return await UserFiles.WorkInAsync(workspace, () => next(context));
    }
}
