namespace Lyceum.ModelHost.Scheduling;

/// <summary>What the scheduler needs to know of a request.</summary>
/// <param name="Model">The model that is to run.</param>
/// <param name="Course">Whose share it uses first.</param>
/// <param name="User">Whose share within the course.</param>
/// <param name="IsBatch">Nobody waits at a screen for it.</param>
/// <param name="LoadOptions">The options that a model is loaded with, as text; empty for the node's own.</param>
/// <param name="Conversation">What identifies the beginning of its text, for a node that still has it in its cache.</param>
/// <param name="Tokens">How much work it is, by estimate: tokens of the prompt and of the answer.</param>
internal sealed record RunRequest(string Model, string Course, string User, bool IsBatch, string LoadOptions, ulong? Conversation, int Tokens)
{
    /// <summary>Asks about the model and does not run it: it waits for nobody and takes nobody's place.</summary>
    public bool IsLookup { get; init; }
}
