using System.Text.Json;
using Lyceum.ChatService.Actions;
using Lyceum.ChatService.Tools;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ChatService.KernelTools;

/// <summary>Tells the variables of the kernel that works for the user's notebook. It changes nothing, but what a value looks like may be the user's own code, as a Python <c>__repr__</c>.</summary>
internal sealed class VariablesTool(NotebookKernels kernels, string notebook) : Tool(
    "kernel/inspect_variables",
    "inspect_variables",
    "Tells the variables of the student's notebook as they are now: name, type and value, the latest last.",
    JsonSchemas.JsonSchema.TryRead(JsonElement.Parse(OpenApiSchemas.Object([], []).ToJsonString()), out _)!)
{
    public override async Task<string> CallAsync(CallerIdentity caller, JsonElement arguments, CancellationToken cancellationToken) =>
        await kernels.FindAsync(caller, notebook, cancellationToken) is { } kernel
            ? (await kernels.SendAsync(caller, HttpMethod.Get, $"/api/kernels/{Uri.EscapeDataString(kernel)}/variables", null, cancellationToken)).GetRawText()
            : throw new ToolFailedException("The notebook has no running kernel.");
}
