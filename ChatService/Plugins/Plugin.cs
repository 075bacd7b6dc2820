using Lyceum.ChatService.JsonSchemas;
using Lyceum.ChatService.Tools;

namespace Lyceum.ChatService.Plugins;

/// <summary>A plugin of a course.</summary>
internal abstract class Plugin(Manifest manifest, SelectorSpec selector, PromptSpec prompt, string? about, JsonSchema arguments)
    : Tool(PluginTools.KeyOf(manifest)!, manifest.Name, about is { Length: > 0 } ? $"{manifest.Description} {about}" : manifest.Description, arguments)
{
    public override bool NeedsApproval => manifest.WantsApproval;

    public override DateTimeOffset? ChangedAt => manifest.AppliedAt;

    /// <summary>How the model is to use what it learns. A plugin that the model itself chooses speaks by its description alone.</summary>
    public override string? Instructions => selector.Directive == "llm" ? null : prompt.SystemRole.Trim();
}
