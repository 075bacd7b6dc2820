using Lyceum.KernelService.Channels;
using Lyceum.NotebookAssistant;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Assistant;

internal static class AssistantHosting
{
    public static void AddAssistant(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<AssistantOptions>().BindConfiguration("Assistant").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHttpClient(Tutors.HttpClientName, http => http.Timeout = Timeout.InfiniteTimeSpan);
        builder.AddExams();
        builder.Services.AddSingleton<Tutors>();
        builder.Services.AddSingleton<Assistants>();
        builder.Services.AddSingleton(services =>
            new KernelQuestions(services.GetRequiredService<IOptions<AssistantOptions>>().Value, services.GetRequiredService<TimeProvider>()));
    }

    public static void MapAssistant(this IEndpointRouteBuilder routes)
    {
        routes.MapVariables();
        routes.MapAgentTools();
    }
}

/// <summary>Makes each kernel its assistant.</summary>
internal sealed partial class Assistants(IOptions<AssistantOptions> options, Tutors tutors, TimeProvider time, ILogger<Assistants> logger)
{
    /// <param name="language">The kernel's language, as its kernelspec names it.</param>
    /// <param name="notebook">The path of the notebook that the kernel works for, if it is known.</param>
    /// <param name="clients">The kernel's clients.</param>
    /// <param name="recent">The cells that ran last.</param>
    public ChannelAssistant For(string language, Func<string?> notebook, KernelClients clients, RecentCells recent) => new(
        options.Value,
        tutors,
        KernelAssistants.For(language, notebook, new ChannelAudience(clients), recent, options.Value, time, (type, exception) => LogFailed(logger, type, exception)));

    [LoggerMessage(Level = LogLevel.Error, Message = "The assistant failed to answer a {Type}")]
    private static partial void LogFailed(ILogger logger, string type, Exception exception);
}
