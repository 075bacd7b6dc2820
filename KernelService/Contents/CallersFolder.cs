using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.KernelService.Contents;

/// <summary>Gives a caller's workspace, with a welcome in it when it is new.</summary>
internal sealed class CallersFolder(Workspaces.Workspaces workspaces, WelcomeNotebook welcome)
{
    public async Task<WorkspaceFolder> OfAsync(CallerIdentity caller, CancellationToken cancellationToken)
    {
        var root = workspaces.FolderOf(caller);
        await welcome.WriteOnceAsync(root, cancellationToken);
        return new WorkspaceFolder(root);
    }
}
