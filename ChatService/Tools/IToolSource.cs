using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ChatService.Tools;

/// <summary>What a question is, as far as it decides on the tools for it.</summary>
/// <param name="Caller">Who asks, in the course that the tools are of.</param>
/// <param name="Question">The user's words; null to find the tools of every question.</param>
/// <param name="NotebookPath">The notebook; null for none.</param>
internal sealed record ToolRequest(CallerIdentity Caller, string? Question, string? NotebookPath)
{
    /// <summary>The kernel in which the question was asked; null when it was asked elsewhere.</summary>
    public string? KernelId { get; init; }

    /// <summary>What an instructor allows; null for the default. What it does not need not be looked for.</summary>
    public IReadOnlyList<string>? Policy { get; init; }
}

/// <summary>Where tools come from.</summary>
internal interface IToolSource
{
    /// <summary>How the keys of its tools begin.</summary>
    string Prefix { get; }

    /// <summary>The tools that there are for a question, whatever the policy. A source that is away has none.</summary>
    Task<IReadOnlyList<Tool>> FindAsync(ToolRequest request, CancellationToken cancellationToken);
}
