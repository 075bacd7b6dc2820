using System.Text.Json;

namespace Lyceum.NotebookAssistant;

/// <summary>Answers <c>context_setup_request</c> and <c>context_info_request</c>.</summary>
internal sealed class ContextSetup(string language, AssistantContext context, KernelQuestions questions)
{
    private const int MaxInfo = 16 * 1024;
    private const int MaxTables = 8;
    private static readonly string[] Known = ["course", "assignment", "dataset"];

    /// <summary>Sets the context; of a data set, shows the first rows.</summary>
    public async Task<AssistantReply> SetUpAsync(
        AssistantRequest request, Action<DatasetPreview> show, Action<ContextSetupResponse> respond, CancellationToken cancellationToken)
    {
        var (name, info) = request.Read(AssistantJson.Default.ContextSetupRequest);
        if (name is null || !Known.Contains(name))
        {
            return AssistantReply.Error("UnknownContext", $"There is no context '{name}'; there are {string.Join(", ", Known)}.");
        }

        if (info.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined or JsonValueKind.Null) || (info.ValueKind == JsonValueKind.Object && info.GetRawText().Length > MaxInfo))
        {
            return AssistantReply.Error("InvalidContext", $"'context_info' must be an object of at most {MaxInfo} characters.");
        }

        if (name == "dataset")
        {
            foreach (var table in TablesOf(info))
            {
                if (await questions.PreviewAsync(request.Kernel, language, table, cancellationToken) is not { } preview)
                {
                    return AssistantReply.Error("NoSuchDataset", $"The kernel shows no table '{table}': it is busy, has no such variable, or the variable is no table or too large to show.");
                }

                show(preview);
            }
        }

        context.Set(name, info);
        respond(new ContextSetupResponse(name, context.Info, LanguageOf(request.Kernel)));
        return AssistantReply.Ok(JsonSerializer.SerializeToElement(Describe(request.Kernel), AssistantJson.Default.ContextInfoResponse));
    }

    /// <summary>The tables of a data set that was set up.</summary>
    public IReadOnlyList<string> Tables => context.Name == "dataset" ? TablesOf(context.Info) : [];

    /// <summary>Begins anew: nothing is known of the notebook.</summary>
    public void Reset() => context.Set("default", default);

    public ContextInfoResponse Describe(IAssistedKernel kernel) => new(context.Name, context.Name, context.Info, LanguageOf(kernel), context.Info);

    private ContextLanguage LanguageOf(IAssistedKernel kernel) => new(language, kernel.SpecName);

    // {"id": "df"} as in llmkernel, or {"df": ...} as in Beaker, where the keys are the variables.
    private List<string> TablesOf(JsonElement info)
    {
        if (info.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        foreach (var field in (ReadOnlySpan<string>)["variable", "id", "name"])
        {
            if (info.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String)
            {
                return [value.GetString()!];
            }
        }

        return [.. info.EnumerateObject().Select(property => property.Name).Where(name => KernelQuestions.IsVariable(name, language)).Take(MaxTables)];
    }
}
