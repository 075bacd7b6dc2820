using System.Text.Json;
using Lyceum.ChatService.CodeGeneration;
using Lyceum.ChatService.Tools;
using Lyceum.ServiceDefaults.Discovery;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.KernelTools;

/// <summary>Kernels as tools: code in one of its own, what the notebook's kernel knows, and the tools of the kernel in which a question was asked.</summary>
internal sealed partial class KernelToolSource(
    KernelRuns runs, NotebookKernels notebooks, ServiceEndpoints endpoints, IOptions<ToolsOptions> options, ILogger<KernelToolSource> logger) : IToolSource
{
    public string Prefix => "kernel/";

    public async Task<IReadOnlyList<Tool>> FindAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        if (!endpoints.Knows(KernelRuns.HttpClientName))
        {
            return [];
        }

        try
        {
            var specs = await runs.KernelspecsAsync(request.Caller, cancellationToken);
            var languages = CodeLanguage.All.Where(language => specs.Any(spec => language.IsOf(spec.Language))).ToArray();
            return
            [
                .. languages.Length == 0 ? (Tool[])[] : [new CodeTool(runs, languages, tests: false, options.Value), new CodeTool(runs, languages, tests: true, options.Value)],
                .. request.NotebookPath is { } path ? (Tool[])[new VariablesTool(notebooks, path)] : [],
                .. request.KernelId is { } kernel ? QuestionKernelTool.All(notebooks, kernel) : [],
            ];
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException)
        {
            LogAway(logger, failure.GetType().Name);
            return [];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "KernelService did not tell its kernelspecs, and a turn goes on without kernels: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
