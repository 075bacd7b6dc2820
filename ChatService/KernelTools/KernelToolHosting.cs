using Lyceum.ChatService.Tools;

namespace Lyceum.ChatService.KernelTools;

internal static class KernelToolHosting
{
    /// <summary>Adds kernels as tools.</summary>
    public static void AddKernelTools(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<NotebookKernels>();
        builder.Services.AddSingleton<IToolSource, KernelToolSource>();
    }
}
