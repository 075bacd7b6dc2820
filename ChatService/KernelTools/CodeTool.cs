using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.ChatService.Actions;
using Lyceum.ChatService.CodeGeneration;
using Lyceum.ChatService.Tools;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ChatService.KernelTools;

/// <summary>Runs code, or code and then tests of it, in a kernel that ends with it, as the user and within the limits of code generation.</summary>
internal sealed class CodeTool : Tool
{
    private readonly KernelRuns _runs;
    private readonly bool _tests;
    private readonly bool _needsApproval;

    public CodeTool(KernelRuns runs, IReadOnlyList<CodeLanguage> languages, bool tests, ToolsOptions options)
        : base(
            tests ? "kernel/test_code" : "kernel/run_code",
            tests ? "test_code" : "run_code",
            tests
                ? "Runs code and then tests of it, which fail with an error when a result is wrong, in a fresh interpreter."
                : "Runs code in a fresh interpreter, without the notebook's variables, and tells what it put out.",
            Schema(languages, tests)) => (_runs, _tests, _needsApproval) = (runs, tests, options.ApproveCode);

    public override bool NeedsApproval => _needsApproval;

    public override IReadOnlyList<string> CodeArguments => _tests ? ["code", "tests"] : ["code"];

    public override async Task<string> CallAsync(CallerIdentity caller, JsonElement arguments, CancellationToken cancellationToken)
    {
        var language = CodeLanguage.Find(arguments.GetProperty("language").GetString())!;
        string[] pieces = _tests ? [Text("code"), Text("tests")] : [Text("code")];
        try
        {
            var kernelspec = await _runs.FindKernelAsync(caller, language, cancellationToken) ?? throw new ToolFailedException(SnippetTests.NotRun(language));
            var run = await _runs.RunAsync(caller, kernelspec, pieces, cancellationToken);
            return $"Outcome: {run.Outcome}\nOutput:\n{run.Output}";
        }
        catch (KernelRefusedException refused)
        {
            throw new ToolFailedException($"No kernel could be started: {refused.Message}", refused);
        }
        catch (HttpRequestException failure)
        {
            throw new ToolFailedException("KernelService is away.", failure);
        }

        string Text(string name) => arguments.GetProperty(name).GetString()!;
    }

    private static JsonSchemas.JsonSchema Schema(IReadOnlyList<CodeLanguage> languages, bool tests)
    {
        List<KeyValuePair<string, JsonNode>> properties =
        [
            new("language", new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. languages.Select(language => JsonValue.Create(language.Name))]) }),
            new("code", Code("The code.")),
        ];
        if (tests)
        {
            properties.Add(new("tests", Code("Statements that run after the code, in the same session, and fail when a result is wrong.")));
        }

        return JsonSchemas.JsonSchema.TryRead(
            JsonElement.Parse(OpenApiSchemas.Object(properties, properties.Select(property => property.Key)).ToJsonString()), out _)!;
    }

    private static JsonObject Code(string description) => new() { ["type"] = "string", ["minLength"] = 1, ["description"] = description };
}
