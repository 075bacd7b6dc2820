using System.Text.Json;
using Lyceum.ChatService.JsonSchemas;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;

namespace Lyceum.ChatService.Tools;

/// <summary>Something that a model may have done while it answers.</summary>
/// <param name="key">What policies call it: its source and its name there, such as <c>plugin/library</c>.</param>
/// <param name="name">What the model calls it.</param>
/// <param name="description">What the model is told of it.</param>
/// <param name="arguments">What its arguments must be.</param>
internal abstract class Tool(string key, string name, string description, JsonSchema arguments) : AIFunctionDeclaration
{
    public string Key => key;

    public override string Name => name;

    public override string Description => description;

    public override JsonElement JsonSchema => arguments.Root;

    public JsonSchema Arguments => arguments;

    /// <summary>Whether the user has to approve each call before it is made.</summary>
    public virtual bool NeedsApproval => false;

    /// <summary>When what it does was last changed by somebody; null where nobody can.</summary>
    public virtual DateTimeOffset? ChangedAt => null;

    /// <summary>Which of its arguments are code.</summary>
    public virtual IReadOnlyList<string> CodeArguments => [];

    /// <summary>What the model is told beside the tutor's instructions while it may use the tool; null for nothing.</summary>
    public virtual string? Instructions => null;

    /// <summary>Does it, with arguments that are valid, for the user who asks. What it answers is anybody's text.</summary>
    /// <exception cref="ToolFailedException">It could not be done; the message is for the model and for people.</exception>
    public abstract Task<string> CallAsync(CallerIdentity caller, JsonElement arguments, CancellationToken cancellationToken);
}

/// <summary>A tool could not do what it was asked for, and says why.</summary>
internal sealed class ToolFailedException : Exception
{
    public ToolFailedException()
    {
    }

    public ToolFailedException(string message)
        : base(message)
    {
    }

    public ToolFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
