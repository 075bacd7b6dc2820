namespace Lyceum.KernelService.WarmKernels;

internal static class WarmKernelsHosting
{
    public static void AddWarmKernels(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<WarmKernelsOptions>().BindConfiguration("WarmKernels").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<WarmKernelPool>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<WarmKernelPool>());
    }
}
