namespace Lyceum.KernelService.Tests.Accounts;

/// <summary>A test of what only root can do, and says so where it is not.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? null! : "Only root on Linux can give kernels accounts of their own.";
}
