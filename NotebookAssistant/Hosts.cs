using Lyceum.Messaging;

namespace Lyceum.NotebookAssistant;

/// <summary>The kernel that an assistant works beside.</summary>
internal interface IAssistedKernel
{
    /// <summary>The kernel's id at the tutor's KernelService, by which the tutor reaches its tools; null if it is not one of its.</summary>
    string? Id { get; }

    /// <summary>The kernelspec's name.</summary>
    string SpecName { get; }

    /// <summary>Whether it has nothing to do.</summary>
    bool IsIdle { get; }

    /// <summary>Sends a request on shell in the assistant's own name and waits for its reply, neither of which a client sees.</summary>
    /// <param name="type">The request's type.</param>
    /// <param name="content">Its content.</param>
    /// <param name="published">Takes what the kernel publishes for it; if not null, the kernel's being idle again is waited for, too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when the kernel has other things to do or has gone.</returns>
    Task<JupyterMessage?> AskAsync(string type, ReadOnlyMemory<byte> content, Action<JupyterMessage>? published, CancellationToken cancellationToken);

    /// <summary>Interrupts what it executes.</summary>
    Task InterruptCodeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Has the kernel go on in another of its processes. What clients send meanwhile waits; if it does not come about, all is as before,
    /// and where that cannot be told, the kernel is ended and started anew.
    /// </summary>
    /// <returns>The reply to the first of the two requests; null when the kernel has other things to do, has gone, or the move did not come about.</returns>
    Task<JupyterMessage?> MoveAsync(KernelMove move, CancellationToken cancellationToken);

    /// <summary>Something is done for its user.</summary>
    void Touch();
}

/// <summary>The clients of a kernel.</summary>
internal interface IAssistantAudience
{
    /// <summary>Gives all of them a message of the assistant's on iopub.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isOutput">Whether a client that is away can do without it.</param>
    void Publish(JupyterMessage message, bool isOutput);

    /// <summary>Gives all of them an output of the kernel's, within whatever limits hold for those.</summary>
    void PassOn(JupyterMessage message);
}

/// <summary>The tutor, asked in the name of one user.</summary>
internal interface ITutor
{
    /// <summary>Why there is no help in a notebook now; null when there is.</summary>
    /// <param name="notebook">The notebook's path; null when it is not known.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<AssistantReply?> RefusalAsync(string? notebook, CancellationToken cancellationToken);

    /// <summary>Asks a question.</summary>
    /// <param name="conversation">The conversation; null begins one.</param>
    /// <param name="question">The question.</param>
    /// <param name="context">What it is about.</param>
    /// <param name="onDelta">Called with what the answer grows by.</param>
    /// <param name="cancellationToken">Stops the answer, also at the tutor's.</param>
    Task<TutorAnswer> AskAsync(Guid? conversation, string question, QuestionContext context, Action<string> onDelta, CancellationToken cancellationToken);

    /// <summary>The newest messages of a conversation, the oldest first; none of one that was deleted, null when they cannot be had.</summary>
    Task<IReadOnlyList<TutorMessage>?> HistoryAsync(Guid conversation, CancellationToken cancellationToken);
}
