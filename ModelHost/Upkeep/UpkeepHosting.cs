using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Upkeep;

/// <summary>Registers what keeps models there and ready.</summary>
internal static class UpkeepHosting
{
    public static void AddUpkeep(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<UpkeepOptions>().Configure<IConfiguration>((options, configuration) => configuration.Bind(options)).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<UpkeepOptions>, UpkeepOptionsValidator>();
        builder.Services.AddSingleton<ModelPolicies>();
        builder.Services.AddSingleton<ModelPulls>();
        builder.Services.AddSingleton<ModelWarmth>();
        builder.Services.AddHostedService<ModelUpkeep>();
        builder.Services.AddHostedService<WarmupSchedule>();
    }
}

/// <summary>Looks again and again what nodes lack of what is wanted of them.</summary>
internal sealed class ModelUpkeep(ModelPolicies policies, ModelPulls pulls, ModelWarmth warmth, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!policies.ToPull.Any() && !policies.ToWarm.Any())
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                pulls.BeginMissing(stoppingToken);
                warmth.BeginCold(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            await Task.WhenAll(pulls.EndedAsync(), warmth.EndedAsync());
        }
    }
}
