using Lyceum.KernelService.Channels;
using Lyceum.KernelService.Executions;
using Lyceum.ServiceDefaults.Exams;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Assistant;

internal static class AssistantHosting
{
    public static void AddAssistant(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<AssistantOptions>().BindConfiguration("Assistant").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHttpClient(TutorClient.HttpClientName, http => http.Timeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddSingleton<TutorClient>();
        builder.AddExams();
        builder.Services.AddSingleton<KernelQuestions>();
        builder.Services.AddSingleton<AssistantMessages>();
        builder.Services.AddSingleton<Assistants>();
    }
}

/// <summary>Makes each kernel its assistant.</summary>
internal sealed class Assistants(
    IOptions<AssistantOptions> options, ExamGate exams, TutorClient tutor, KernelQuestions questions, AssistantMessages messages, TimeProvider time, ILogger<KernelAssistant> logger)
{
    /// <param name="language">The kernel's language, as its kernelspec names it.</param>
    /// <param name="notebook">The path of the notebook that the kernel works for, if it is known.</param>
    /// <param name="clients">The kernel's clients.</param>
    /// <param name="recent">The cells that ran last.</param>
    public KernelAssistant For(string language, Func<string?> notebook, KernelClients clients, RecentCells recent)
    {
        var context = new AssistantContext();
        var composer = new NotebookContext(language, notebook, recent, context, questions);
        var turns = new TutorTurns(language, composer, exams, tutor, options.Value, time);
        var setup = new ContextSetup(language, context, questions);
        var publisher = new AssistantPublisher(clients, messages);
        var answers = new AssistantAnswers(language, turns, setup, new CellLinting(language, questions), questions, publisher);
        return new KernelAssistant(options.Value, answers, new AgentTools(language, questions, publisher, clients, options.Value, time), publisher, logger);
    }
}
