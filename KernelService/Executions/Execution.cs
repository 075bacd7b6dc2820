using System.Text.Json.Serialization;
using Lyceum.NotebookAssistant;

namespace Lyceum.KernelService.Executions;

/// <summary>The fields of <c>execute_request</c>'s content that the observer reads.</summary>
internal sealed record ExecuteRequest(string? Code, bool Silent = false, bool? StoreHistory = null);

/// <summary>The fields of its metadata; JupyterLab puts the cell's id there.</summary>
internal sealed record ExecuteMetadata([property: JsonPropertyName("cellId")] string? CellId);

/// <summary>The fields of <c>execute_reply</c> and iopub's <c>error</c>.</summary>
internal sealed record ExecuteOutcome(string? Status, string? Ename, string? Evalue, IReadOnlyList<string?>? Traceback);

/// <summary>The detail of the learning event <c>CellExecute</c> (docs/architecture.md).</summary>
/// <param name="Language">The kernel's language.</param>
/// <param name="Code">What was executed, cut to a limit.</param>
/// <param name="Success">Whether it ended without an error.</param>
/// <param name="DurationMs">Milliseconds from the kernel's taking it up to its reply.</param>
/// <param name="Error">What went wrong.</param>
internal sealed record CellExecuteDetail(string Language, string Code, bool Success, long DurationMs, CellError? Error);

[JsonSerializable(typeof(ExecuteRequest))]
[JsonSerializable(typeof(ExecuteMetadata))]
[JsonSerializable(typeof(ExecuteOutcome))]
[JsonSerializable(typeof(CellExecuteDetail))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ExecutionJson : JsonSerializerContext;
