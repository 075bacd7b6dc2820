using System.ComponentModel.DataAnnotations;

namespace Lyceum.KernelService.Workspaces;

/// <summary>The section <c>Workspaces</c> of the configuration.</summary>
internal sealed class WorkspacesOptions
{
    /// <summary>The folder that holds one folder per user; by default <c>lyceum/workspaces</c> in the account's data folder.</summary>
    [Required(ErrorMessage = "Workspaces:Root is empty: write the folder that shall hold the users' files.")]
    public string Root { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "lyceum", "workspaces");
}
