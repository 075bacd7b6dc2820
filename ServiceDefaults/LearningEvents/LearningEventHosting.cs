using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Lyceum.ServiceDefaults.LearningEvents;

/// <summary>Registers <see cref="LearningEventSender"/>.</summary>
public static class LearningEventHosting
{
    /// <summary>Lets the service report learning events through <see cref="LearningEventSender"/>.</summary>
    public static void AddLearningEvents(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<LearningEventsOptions>().BindConfiguration("LearningEvents").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(Create);
        builder.Services.AddSingleton<PolicyDecisions>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<LearningEventSender>());
    }

    private static LearningEventSender Create(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<LearningEventsOptions>>().Value;
#pragma warning disable CA2000 // The sender owns it.
        return new LearningEventSender(
            services.GetRequiredService<IHttpClientFactory>(),
            string.IsNullOrEmpty(options.Folder) ? null : Open(options, services.GetRequiredService<IOptions<IdentityOptions>>()),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<LearningEventSender>>());
#pragma warning restore CA2000
    }

    private static Outbox Open(LearningEventsOptions options, IOptions<IdentityOptions> identity)
    {
        try
        {
            return Outbox.Open(options.Folder!, new Seal(identity, "outbox"), options.MaxBytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"LearningEvents:Folder is {options.Folder}, which cannot be used: {failure.Message} Write the path of a folder that this service may write.", failure);
        }
    }
}
