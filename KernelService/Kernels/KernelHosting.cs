using Lyceum.KernelService.Accounts;
using Lyceum.KernelService.Channels;
using Lyceum.KernelService.Culling;
using Lyceum.KernelService.Kernelspecs;
using Lyceum.KernelService.Limits;
using Lyceum.KernelService.Outliving;
using Lyceum.KernelService.WarmKernels;
using Lyceum.KernelService.Workspaces;
using Lyceum.ServiceDefaults.LearningEvents;

namespace Lyceum.KernelService.Kernels;

internal static class KernelHosting
{
    /// <summary>Adds kernels and all that starts, keeps, limits and ends them.</summary>
    public static void AddKernels(this IHostApplicationBuilder builder)
    {
        OwnMemory.OpenOnlyFor(builder.Environment);
        builder.AddLearningEvents();
        builder.AddWorkspaces();
        builder.AddKernelspecs();
        builder.AddAccounts();
        builder.AddOutliving();
        builder.Services.AddOptions<KernelsOptions>().BindConfiguration("Kernels").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<LimitsOptions>().BindConfiguration("Kernels:Limits").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ControlGroups>();
        builder.Services.AddSingleton<KernelFolder>();
        builder.Services.AddSingleton<KernelLauncher>();
        builder.Services.AddSingleton<KernelEnvironment>();
        builder.Services.AddSingleton<NotebookPaths>();
        builder.Services.AddSingleton<ServiceMessages>();
        builder.Services.AddSingleton<KernelCaps>();
        builder.Services.AddSingleton<KernelFactory>();
        builder.Services.AddSingleton<KernelPool>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<KernelPool>());
        builder.AddWarmKernels();
        builder.Services.AddHostedService<IdleCulling>();
    }
}
