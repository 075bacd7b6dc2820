namespace Lyceum.NotebookAssistant;

/// <summary>Makes a kernel its assistant.</summary>
internal static class KernelAssistants
{
    /// <param name="language">The kernel's language, as its kernelspec names it.</param>
    /// <param name="notebook">The path of the notebook that the kernel works for, if it is known.</param>
    /// <param name="audience">The kernel's clients.</param>
    /// <param name="recent">The cells that ran last.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failed">Told of an answer that failed unexpectedly, with the request's type.</param>
    public static KernelAssistant For(
        string language,
        Func<string?> notebook,
        IAssistantAudience audience,
        RecentCells recent,
        AssistantOptions options,
        TimeProvider time,
        Action<string, Exception> failed)
    {
        var questions = new KernelQuestions(options, time);
        var context = new AssistantContext();
        var turns = new TutorTurns(language, new NotebookContext(language, notebook, recent, context, questions), options, time);
        var publisher = new AssistantPublisher(audience, new AssistantMessages(time));
        var checkpoints = new KernelCheckpoints(language, recent, options, time);
        var answers = new AssistantAnswers(
            language,
            turns,
            new ContextSetup(language, context, questions),
            new WorkflowChoice(context),
            new TablePreviews(language, questions),
            new CellLinting(language, questions),
            new CheckpointAnswers(checkpoints),
            questions,
            publisher);
        return new KernelAssistant(options, answers, new AgentTools(language, questions, checkpoints, publisher, options, time), publisher, failed);
    }
}
