using Lyceum.AspireLocal.Dashboard;
using Lyceum.AspireLocal.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Lyceum.AspireLocal.Running;

internal static class RunningServices
{
    public static void AddRunning(this IServiceCollection services)
    {
        services.AddOptions<RunOptions>().BindConfiguration(RunOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ResourceTable>();
        services.AddSingleton<Reaper>();
        services.AddSingleton<HealthMonitor>();
        services.AddSingleton<InstanceFactory>();
        services.AddSingleton<TelemetryStore>();
        services.AddSingleton<DashboardServer>();
        services.AddHostedService<Orchestrator>();
    }
}
