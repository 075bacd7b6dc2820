namespace Lyceum.KernelService.Workspaces;

internal static class WorkspacesHosting
{
    public static void AddWorkspaces(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<WorkspacesOptions>().BindConfiguration("Workspaces").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<Workspaces>();
    }
}
