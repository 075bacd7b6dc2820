using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.ChatService.Actions;
using Lyceum.ChatService.Tools;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ChatService.KernelTools;

/// <summary>
/// A tool of the kernel in which a question was asked (docs/assistant.md). KernelService lets it be used while the question is
/// answered, and shows the student each use.
/// </summary>
internal sealed class QuestionKernelTool : Tool
{
    private readonly NotebookKernels _kernels;
    private readonly string _kernel;

    private QuestionKernelTool(NotebookKernels kernels, string kernel, string name, string description, string argument, string about)
        : base($"kernel/{name}", name, description, Schema(argument, about)) => (_kernels, _kernel) = (kernels, kernel);

    public static IReadOnlyList<Tool> All(NotebookKernels kernels, string kernel) =>
    [
        new QuestionKernelTool(kernels, kernel, "run_in_notebook", "Runs code beside the student's variables. The student sees it.", "code", "Code in the notebook's language."),
        new QuestionKernelTool(kernels, kernel, "show_variable", "Tells type and value of one of the student's variables.", "name", "The variable's name."),
        new QuestionKernelTool(kernels, kernel, "show_columns", "Tells the columns of one of the student's tables, with their first values.", "name", "The table's name."),
        new QuestionKernelTool(kernels, kernel, "propose_cell", "Proposes a cell to the student, who may run it or not.", "code", "Code in the notebook's language."),
    ];

    public override IReadOnlyList<string> CodeArguments => Name is "run_in_notebook" or "propose_cell" ? ["code"] : [];

    public override async Task<string> CallAsync(CallerIdentity caller, JsonElement arguments, CancellationToken cancellationToken)
    {
        var path = Name == "run_in_notebook" ? "run_code" : Name;
        return (await _kernels.SendAsync(caller, HttpMethod.Post, $"/api/kernels/{Uri.EscapeDataString(_kernel)}/assistant/{path}", arguments, cancellationToken)).GetRawText();
    }

    private static JsonSchemas.JsonSchema Schema(string argument, string about)
    {
        JsonObject text = new() { ["type"] = "string", ["minLength"] = 1, ["description"] = about };
        return JsonSchemas.JsonSchema.TryRead(JsonElement.Parse(OpenApiSchemas.Object([new(argument, text)], [argument]).ToJsonString()), out _)!;
    }
}
