using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Scheduling;

/// <summary>Registers the scheduler, and reads from a request what it needs to know.</summary>
internal static class SchedulingHosting
{
    public const string Priority = "X-Lyceum-Priority";
    public const string Deadline = "X-Lyceum-Deadline";
    public const string Position = "X-Lyceum-Queue-Position";

    public static void AddScheduling(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<SchedulingOptions>().BindConfiguration("Scheduling").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<SchedulingOptions>, SchedulingOptionsValidator>();
        builder.Services.AddSingleton<ModelScheduler>();
    }

    /// <summary>Whose request it is, and how it wants to be treated.</summary>
    public static RunRequest ToRun(this HttpContext context, Api.ModelOperation operation, string model, Forwarding.RequestTraits traits)
    {
        var caller = context.User.Caller();
        var isBatch = string.Equals(context.Request.Headers[Priority], "batch", StringComparison.OrdinalIgnoreCase);
        return new RunRequest(model, caller.Course, caller.Subject, isBatch, traits.LoadOptions, traits.Conversation, traits.Tokens)
        {
            IsLookup = operation == Api.ModelOperation.Show,
        };
    }

    /// <summary>How long the caller is willing to wait; null when it does not say.</summary>
    public static TimeSpan? DeadlineOf(HttpRequest request) =>
        double.TryParse(request.Headers[Deadline], System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 86_400
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
