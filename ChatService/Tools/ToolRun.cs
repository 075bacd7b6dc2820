using Lyceum.ChatService.Guard;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;

namespace Lyceum.ChatService.Tools;

/// <summary>The tools of one answer, and for whom they are.</summary>
/// <param name="Answer">The answer that their calls are recorded with.</param>
/// <param name="Caller">The user.</param>
/// <param name="Tools">What the model may call.</param>
/// <param name="Resumes">Whether the answer waited for approval and goes on now.</param>
/// <param name="Tokens">What the model has read and written for it before.</param>
/// <param name="Guard">What the answer is kept within, and so what tools are called with, for the user sees that.</param>
/// <param name="Tell">Tells whoever reads the answer that a call began or ended.</param>
internal sealed record ToolRun(
    Guid Answer, CallerIdentity Caller, IReadOnlyList<Tool> Tools, AnswerGuard Guard, Action<ToolEvent> Tell, bool Resumes = false, long Tokens = 0);

/// <summary>How a model's options carry the tools that <see cref="ToolCallingClient"/> calls.</summary>
internal static class ToolOptions
{
    private const string Property = "lyceum.tools";

    public static ChatOptions With(this ChatOptions options, ToolRun run)
    {
        options.Tools = [.. run.Tools];
        (options.AdditionalProperties ??= [])[Property] = run;
        return options;
    }

    public static ToolRun? ToolRun(this ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(Property, out ToolRun? run) is true ? run : null;

    public static ChatOptions WithoutTools(this ChatOptions options)
    {
        var plain = options.Clone();
        plain.Tools = null;
        plain.AdditionalProperties?.Remove(Property);
        return plain;
    }
}
