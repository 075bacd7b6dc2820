namespace Lyceum.KernelService.Outliving;

internal static class OutlivingHosting
{
    public static void AddOutliving(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<OutlivingOptions>().BindConfiguration("Kernels:Outliving").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<KeptFiles>();
    }
}
